// Role assignments, trusted proxies and trusted services in the configuration file.
#include <boost/test/unit_test.hpp>

#include "regions/topology.hpp"

namespace twinkeep::regions::tests {

namespace {

const std::string whole = "/subscriptions/00000000-0000-0000-0000-000000000000";

deployment read(std::string_view toml) {
  auto d = read_deployment(toml, "twinkeep.toml");
  BOOST_REQUIRE_MESSAGE(d.ok(), (d.ok() ? std::string() : d.error().message));
  return *d;
}

std::string assignment(const std::string& more, const std::string& role = "Reader") {
  return "[[role_assignments]]\nprincipal = \"p-1\"\nrole = \"" + role + "\"\n" + more;
}

// Begins with the place and the key, and names every part.
void check_problem(const std::string& toml, const std::string& start,
                   std::initializer_list<std::string_view> parts = {}) {
  const auto d = read_deployment(toml, "twinkeep.toml");
  BOOST_REQUIRE_MESSAGE(!d.ok(), toml);
  const auto& message = d.error().message;
  BOOST_TEST(message.starts_with("twinkeep.toml:" + start), message);
  for (const auto part : parts) {
    BOOST_TEST(message.find(part) != std::string::npos, message << " lacks " << part);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_access)

BOOST_AUTO_TEST_CASE(by_default_nobody_is_trusted_and_nothing_assigned) {
  const auto d = read("");
  BOOST_TEST(d.role_assignments.empty());
  BOOST_TEST(d.trusted_proxies.empty());
  BOOST_TEST(d.trusted_services.empty());
  BOOST_TEST(!d.vaults.at(0).rbac_authorization);
}

BOOST_AUTO_TEST_CASE(a_role_is_assigned_by_name_or_id_for_the_subscription) {
  const auto d = read(assignment("") + assignment("principal_type = \"Group\"\nscope = \"" + whole +
                                                      "/resourceGroups/g\"\n",
                                                  "4633458B-17de-408a-b874-0445c86b69e6"));
  BOOST_REQUIRE(d.role_assignments.size() == 2u);
  const auto& first = d.role_assignments[0];
  BOOST_TEST(first.principal_id == "p-1");
  BOOST_TEST(first.role_definition == "acdd72a7-3385-48ef-bd42-f606fba81ae7");
  BOOST_TEST(first.scope == whole);
  BOOST_TEST(first.principal_type == "ServicePrincipal");
  const auto& second = d.role_assignments[1];
  BOOST_TEST(second.role_definition == "4633458b-17de-408a-b874-0445c86b69e6");
  BOOST_TEST(second.scope == whole + "/resourceGroups/g");
  BOOST_TEST(second.principal_type == "Group");
  BOOST_TEST(second.name != first.name);
  // A GUID, the same whenever the file is read.
  BOOST_TEST(first.name.size() == 36u);
  BOOST_TEST(first.name[14] == '8');
  BOOST_TEST(read(assignment("")).role_assignments[0].name == first.name);
}

BOOST_AUTO_TEST_CASE(a_scope_lies_in_the_subscription_of_the_deployment) {
  const auto d = read("subscription = \"s-1\"\n" + assignment("scope = \"/subscriptions/S-1\"\n"));
  BOOST_TEST(d.role_assignments.at(0).scope == "/subscriptions/S-1");
  for (const auto* scope : {"", "/", "/subscriptions/another", "/subscriptions"}) {
    check_problem(assignment(std::string("scope = \"") + scope + "\"\n"),
                  "4: role_assignments.scope: ", {whole});
  }
}

BOOST_AUTO_TEST_CASE(wrong_assignments_are_told) {
  check_problem(assignment("", "Key Vault Secret User"),
                "3: role_assignments.role: ", {"(Key Vault Secrets User?)"});
  check_problem("[[role_assignments]]\nrole = \"Reader\"\n",
                "1: role_assignments.principal: ", {"object id"});
  check_problem("[[role_assignments]]\nprincipal = \"p\"\n",
                "1: role_assignments.role: ", {"built-in role"});
  check_problem(assignment("principal_type = \"Robot\"\n"), "4: role_assignments.principal_type: ");
  check_problem(assignment("condition = \"x\"\n"), "4: role_assignments.condition: ");
  check_problem(assignment("") + assignment(""), "6: role_assignments.role: ", {"once"});
}

BOOST_AUTO_TEST_CASE(trusted_proxies_are_ranges_and_trusted_services_ids) {
  const auto d = read(
      "trusted_proxies = [\"10.0.0.0/8\", \"::1\"]\ntrusted_services = [\"o-1\"]\n"
      "[[vaults]]\nname = \"demo\"\nregion = \"eastus2\"\nrbac_authorization = true\n");
  BOOST_TEST(d.trusted_proxies.contains(*protocol::parse_ip_address("10.1.2.3")));
  BOOST_TEST(d.trusted_proxies.contains(*protocol::parse_ip_address("::1")));
  BOOST_TEST(!d.trusted_proxies.contains(*protocol::parse_ip_address("11.0.0.0")));
  BOOST_TEST(d.trusted_services.at(0) == "o-1");
  BOOST_TEST(d.vaults.at(0).rbac_authorization);
  check_problem("trusted_proxies = [\"10.0.0.1/8\"]\n", "1: trusted_proxies: ", {"10.0.0.1/8"});
  check_problem("trusted_proxies = \"10.0.0.0/8\"\n", "1: trusted_proxies: ");
  check_problem("trusted_services = [\"a b\"]\n", "1: trusted_services: ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
