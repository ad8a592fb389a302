#include "protocol/reference.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "protocol/api_versions.hpp"
#include "protocol/management/operations.hpp"
#include "protocol/management/route.hpp"
#include "support.hpp"

namespace twinkeep::protocol {

using test::has;

namespace {

const std::string path = TWINKEEP_SOURCE "/REFERENCE.md";

std::string file_text() {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The first line in which the two differ, as it should be.
std::string first_difference(std::string_view page, std::string_view file) {
  const auto at = std::ranges::mismatch(page, file).in1 - page.begin();
  const auto begin = page.substr(0, std::size_t(at)).rfind('\n') + 1;
  return std::string(page.substr(begin, page.find('\n', begin) - begin));
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(the_reference_page)

BOOST_AUTO_TEST_CASE(the_file_is_what_the_tables_say) {
  const auto page = reference_page();
  if (const char* write = std::getenv("TWINKEEP_WRITE_REFERENCE"); write && *write == '1') {
    std::ofstream(path, std::ios::binary) << page;
  }
  const auto file = file_text();
  BOOST_TEST((file == page),
             path << " is stale. TWINKEEP_WRITE_REFERENCE=1 before this program writes it anew. "
                     "First line that differs, as it should be: "
                  << first_difference(page, file));
}

BOOST_AUTO_TEST_CASE(every_operation_and_version_is_in_it) {
  const auto page = reference_page();
  for (const auto& row : operations()) {
    BOOST_TEST(has(page, "\n| " + std::string(row.name) + " | "), row.name);
    BOOST_TEST(has(page, "`" + std::string(row.path) + "`"), row.path);
    const auto name = std::string(published_name(row.id));
    BOOST_TEST(has(page, "\n| " + name + " | " + std::string(row.name) + " | "), name);
  }
  for (const auto version : api_versions) {
    BOOST_TEST(has(page, "`" + std::string(version) + "`"), version);
  }
  BOOST_TEST(has(page,
                 "\n| SecretSet | PUT | `/secrets/{name}` | `set` | `secrets/setSecret/action` | "
                 "write | no | no |\n"));
  BOOST_TEST(has(page, "\n| GetSecret | SecretGet | works |\n"));
}

// As many as the three files publish: 12 of secrets, 25 of keys, 27 of certificates.
BOOST_AUTO_TEST_CASE(the_comparison_is_as_long_as_the_specification) {
  const auto page = reference_page();
  const auto start = page.find("## The published specification");
  const auto comparison = page.substr(start, page.find("## Management plane") - start);
  BOOST_TEST(count(comparison, "\n| ") == 12u + 25u + 27u + 3u);
  // What is published under a certificate's "pending" is called an operation.
  BOOST_TEST(published_name(operation_id::certificate_get_pending) == "GetCertificateOperation");
  BOOST_TEST(published_name(operation_id::key_unwrap) == "unwrapKey");
}

BOOST_AUTO_TEST_CASE(the_management_plane_is_in_it) {
  const auto page = reference_page();
  const auto section = page.substr(page.find("\n## Management plane\n"));
  for (const auto& row : management::operations()) {
    BOOST_TEST(count(section, "\n| " + std::string(row.name) + " | ") == 1u, row.name);
    for (const auto version : management::api_versions_of(row)) {
      BOOST_TEST(has(section, "`" + std::string(version) + "`"), version);
    }
  }
  // Two tables with their heads: three providers, and all operations.
  BOOST_TEST(count(section, "\n| ") == 1u + 3u + 1u + management::operation_count);
  BOOST_TEST(count(section, "\n| Microsoft.KeyVault | `2015-06-01`, ") == 1u);
  BOOST_TEST(
      has(section,
          "\n| VaultDelete | DELETE | `/subscriptions/{sub}/resourceGroups/{group}/providers/"
          "Microsoft.KeyVault/vaults/{vault}` | `Microsoft.KeyVault/vaults/delete` | write | "
          "no |\n"));
  BOOST_TEST(!has(page, "\n\n\n"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol
