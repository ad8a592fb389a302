#include "regions/access/network_rules.hpp"

#include "tests/access/kit.hpp"

namespace twinkeep::access_tests {

namespace {

using protocol::connection_status;

const std::string endpoint = in_group + "/providers/Microsoft.Network/privateEndpoints/pe";

protocol::ip_address address(std::string_view text) {
  const auto parsed = protocol::parse_ip_address(text);
  BOOST_REQUIRE_MESSAGE(parsed.has_value(), text);
  return *parsed;
}

// A vault behind a firewall that lets in what the rules say.
protocol::vault_resource closed(std::vector<std::string> ip_rules) {
  auto of = vault(false);
  of.network.emplace();
  of.network->allow_by_default = false;
  of.network->ip_rules = std::move(ip_rules);
  return of;
}

std::string refusal(const protocol::vault_resource& of, std::string_view from,
                    const std::string& who = user, std::string_view through = {}) {
  const std::vector<std::string> trusted{group};
  const auto filter = regions::make_network_filter(of, trusted);
  const auto e = regions::refuse_for_network({address(from), through}, filter, caller(who), facts);
  return e ? std::string(to_string(e->inner)) : "let in";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(network)

BOOST_AUTO_TEST_CASE(without_rules_everybody_is_let_in) {
  BOOST_TEST(refusal(vault(false), "203.0.113.7") == "let in");
  auto open = closed({});
  open.network->allow_by_default = true;
  BOOST_TEST(refusal(open, "2001:db8::1") == "let in");
}

BOOST_AUTO_TEST_CASE(rules_let_in_their_ranges_and_end_where_these_end) {
  const auto of = closed({"203.0.113.0/24", "198.51.100.7", "10.1.0.0/16", "192.0.2.128/25",
                          "2001:db8:1::/48", "2001:db8:2::5", "0.0.0.0/32"});
  for (const auto* inside :
       {"203.0.113.0", "203.0.113.255", "198.51.100.7", "10.1.0.0", "10.1.255.255", "192.0.2.128",
        "192.0.2.255", "2001:db8:1::", "2001:db8:1:ffff:ffff:ffff:ffff:ffff", "2001:db8:2::5",
        "::ffff:203.0.113.9", "0.0.0.0"}) {
    BOOST_TEST(refusal(of, inside) == "let in", inside);
  }
  for (const auto* outside :
       {"203.0.112.255", "203.0.114.0", "198.51.100.6", "198.51.100.8", "10.0.255.255", "10.2.0.0",
        "192.0.2.127", "192.0.3.0", "2001:db8:0:ffff:ffff:ffff:ffff:ffff", "2001:db8:2::",
        "2001:db8:2::4", "2001:db8:2::6", "::203.0.113.9", "::1", "0.0.0.1", "255.255.255.255"}) {
    BOOST_TEST(refusal(of, outside) == "ForbiddenByFirewall", outside);
  }
}

BOOST_AUTO_TEST_CASE(whole_families_can_be_let_in) {
  const auto all_v4 = closed({"0.0.0.0/0"});
  BOOST_TEST(refusal(all_v4, "255.255.255.255") == "let in");
  BOOST_TEST(refusal(all_v4, "0.0.0.0") == "let in");
  BOOST_TEST(refusal(all_v4, "2001:db8::1") == "ForbiddenByFirewall");
  const auto all = closed({"::/0"});
  BOOST_TEST(refusal(all, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") == "let in");
  BOOST_TEST(refusal(all, "10.0.0.1") == "let in");  // mapped ones are IPv6 addresses
}

BOOST_AUTO_TEST_CASE(a_thousand_rules_are_looked_up_right) {
  std::vector<std::string> rules;
  for (unsigned i = 0; i < 1000; ++i) {
    rules.push_back("10." + std::to_string(i / 4) + "." + std::to_string(i % 4 * 64) + ".0/26");
  }
  const auto of = closed(rules);
  for (unsigned i = 0; i < 1000; i += 37) {
    const auto net = "10." + std::to_string(i / 4) + "." + std::to_string(i % 4 * 64);
    BOOST_TEST(refusal(of, net + ".63") == "let in");
    BOOST_TEST(refusal(of, net + ".64") == "ForbiddenByFirewall");
  }
}

BOOST_AUTO_TEST_CASE(the_bypass_is_for_trusted_services_alone) {
  auto of = closed({});
  BOOST_TEST(refusal(of, "203.0.113.7", group) == "let in");
  BOOST_TEST(refusal(of, "203.0.113.7", user) == "ForbiddenByFirewall");
  of.network->bypass_azure_services = false;
  BOOST_TEST(refusal(of, "203.0.113.7", group) == "ForbiddenByFirewall");
  // Neither an application id nor a group makes a trusted service.
  const std::vector<std::string> by_application{app, ""};
  const auto filter = regions::make_network_filter(closed({}), by_application);
  BOOST_TEST(
      regions::refuse_for_network({address("::1"), {}}, filter, caller(user), facts).has_value());
  BOOST_TEST(
      regions::refuse_for_network({address("::1"), {}}, filter, caller(""), facts).has_value());
}

BOOST_AUTO_TEST_CASE(public_access_that_is_off_overrides_the_rules_but_not_the_bypass) {
  auto of = closed({"203.0.113.0/24"});
  of.public_access = false;
  BOOST_TEST(refusal(of, "203.0.113.7") == "ForbiddenByConnection");
  BOOST_TEST(refusal(of, "203.0.113.7", group) == "let in");
  of.network->allow_by_default = true;
  BOOST_TEST(refusal(of, "203.0.113.7") == "ForbiddenByConnection");
  of.network->bypass_azure_services = false;
  BOOST_TEST(refusal(of, "203.0.113.7", group) == "ForbiddenByConnection");
  of.network.reset();
  BOOST_TEST(refusal(of, "203.0.113.7") == "ForbiddenByConnection");
  BOOST_TEST(refusal(of, "203.0.113.7", group) == "let in");
}

BOOST_AUTO_TEST_CASE(an_approved_private_endpoint_always_passes_and_another_never) {
  auto of = closed({});
  of.public_access = false;
  of.connections.push_back({"pe", endpoint, connection_status::approved, {}, 1});
  BOOST_TEST(refusal(of, "10.0.0.5", user, protocol::lower(endpoint)) == "let in");
  BOOST_TEST(refusal(of, "10.0.0.5", user, endpoint + "2") == "ForbiddenByConnection");
  for (const auto status :
       {connection_status::pending, connection_status::rejected, connection_status::disconnected}) {
    auto open = vault(false);
    open.connections.push_back({"pe", endpoint, status, {}, 1});
    BOOST_TEST(refusal(open, "10.0.0.5", user, endpoint) == "ForbiddenByConnection");
    BOOST_TEST(refusal(open, "10.0.0.5", user) == "let in");
  }
}

BOOST_AUTO_TEST_CASE(refusals_name_address_and_caller) {
  const auto filter = regions::make_network_filter(closed({}), {});
  const auto e =
      regions::refuse_for_network({address("::ffff:203.0.113.7"), {}}, filter, caller(user), facts);
  BOOST_REQUIRE(e.has_value());
  BOOST_TEST(http_status(e->code) == 403u);
  const auto lines = "\r\nClient address: 203.0.113.7\r\nCaller: appid=" + app + ";oid=" + user +
                     ";iss=https://issuer/\r\nVault: demo;location=eastus2";
  BOOST_TEST(e->message.ends_with(lines), e->message);
  auto off = vault(false);
  off.public_access = false;
  const auto other = regions::refuse_for_network(
      {address("::1"), {}}, regions::make_network_filter(off, {}), caller(user), facts);
  BOOST_REQUIRE(other.has_value());
  BOOST_TEST(other->message.find("not an approved private link") != std::string::npos);
  BOOST_TEST(other->message.ends_with("\r\nVault: demo;location=eastus2"), other->message);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::access_tests
