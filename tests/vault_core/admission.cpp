#include "regions/vault/admission.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using regions::vault_mode;

const regions::admission_facts facts{"demo", "eastus2", "centralus", 7};

}  // namespace

BOOST_AUTO_TEST_SUITE(admission)

// The list of the operations table against the documented one, so that neither changes unseen.
BOOST_AUTO_TEST_CASE(while_failed_over_only_reads_and_crypto_are_let_in) {
  unsigned refused = 0;
  for (const auto& row : protocol::operations()) {
    BOOST_TEST_INFO(row.name);
    const auto answer = regions::refuse_for_mode(row, vault_mode::read_only, facts);
    BOOST_TEST(answer.has_value() == !row.allowed_in_read_only);
    if (row.effect == protocol::effect::mutate) BOOST_TEST(answer.has_value());
    if (!answer) continue;
    ++refused;
    BOOST_TEST(outcome_of(*answer) == "403 Forbidden VaultReadOnly");
    BOOST_TEST(answer->retry_after_s.value() == 7u);
    for (const auto& part : {std::string("\"") + std::string(row.verb) + '"',
                             std::string("failed over from eastus2 to centralus"),
                             std::string("Vault: demo;location=eastus2")}) {
      BOOST_TEST(answer->message.find(part) != std::string::npos,
                 answer->message << " lacks " << part);
    }
  }
  BOOST_TEST(refused == 34u);
}

BOOST_AUTO_TEST_CASE(everything_is_let_in_where_the_vault_is_at_home) {
  for (const auto& row : protocol::operations()) {
    BOOST_TEST(!regions::refuse_for_mode(row, vault_mode::read_write, facts).has_value());
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_let_in_where_nothing_serves_the_vault) {
  for (const auto& row : protocol::operations()) {
    const auto answer = regions::refuse_for_mode(row, vault_mode::unavailable, facts);
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(outcome_of(*answer) == "503 ServiceUnavailable");
    BOOST_TEST(answer->retry_after_s.value() == 7u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
