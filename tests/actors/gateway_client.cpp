// Where a client comes from, and what is remembered of it.
#include <boost/test/unit_test.hpp>

#include "actors/gateway/admittance.hpp"
#include "actors/gateway/client_address.hpp"

namespace twinkeep::actors::tests {

namespace {

using state = client_address::state;

protocol::ip_address address(std::string_view text) {
  return protocol::parse_ip_address(text).value();
}

const protocol::ip_ranges proxies({*protocol::parse_ip_range("10.0.0.0/8")});

request_head from(std::initializer_list<std::string_view> lines) {
  request_head head;
  for (const auto line : lines) head.forwarded_for.add(line);
  return head;
}

const regions::admission_facts facts{"demo", "eastus2", "eastus2", 1};

claims_ptr caller(std::string object_id) {
  protocol::token::claims who;
  who.object_id = std::move(object_id);
  return std::make_shared<const protocol::token::claims>(std::move(who));
}

// Roles at `scope` for "user".
regions::access_rules_ptr rules_at(const std::string& scope, bool firewall = false) {
  protocol::vault_resource vault;
  vault.name = "demo";
  vault.resource_group = "g";
  vault.rbac_authorization = true;
  if (firewall) vault.network = protocol::network_rules{true, false, {"203.0.113.7"}, {}};
  protocol::role_assignment assigned;
  assigned.name = "00000000-0000-0000-0000-00000000000a";
  assigned.scope = scope;
  assigned.role_definition = "4633458b-17de-408a-b874-0445c86b69e6";  // Secrets User
  assigned.principal_id = "user";
  return regions::make_access_rules(vault, std::vector{assigned}, {}, {"s"});
}

const std::string of_vault =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/demo";

protocol::http::route getting(std::string name) {
  return {&protocol::row_of(protocol::operation_id::secret_get), std::move(name), {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway_client)

BOOST_AUTO_TEST_CASE(nobody_elses_header_is_looked_at) {
  client_address client(address("203.0.113.1"), proxies);
  for (const auto& head : {from({"198.51.100.1"}), from({"rubbish"}), from({})}) {
    BOOST_TEST((client.follow(head, proxies) == state::same));
    BOOST_TEST((client.address() == address("203.0.113.1")));
    BOOST_TEST(client.network_info() ==
               "conn_type=Ipv4;addr=203.0.113.1;act_addr_fam=InterNetwork;");
  }
}

BOOST_AUTO_TEST_CASE(a_proxys_requests_are_those_of_its_clients) {
  client_address client(address("10.0.0.1"), proxies);
  BOOST_TEST((client.follow(from({}), proxies) == state::same));
  BOOST_TEST((client.address() == address("10.0.0.1")));
  BOOST_TEST((client.follow(from({"203.0.113.7"}), proxies) == state::changed));
  BOOST_TEST((client.address() == address("203.0.113.7")));
  BOOST_TEST((client.follow(from({"203.0.113.7, 10.0.0.2"}), proxies) == state::same));
  BOOST_TEST((client.follow(from({"2001:db8::1"}), proxies) == state::changed));
  BOOST_TEST(client.network_info() ==
             "conn_type=Ipv6;addr=2001:db8::1;act_addr_fam=InterNetworkV6;");
  BOOST_TEST((client.follow(from({}), proxies) == state::changed));
  BOOST_TEST((client.arrived().address == address("10.0.0.1")));
}

BOOST_AUTO_TEST_CASE(what_a_proxy_says_unreadably_is_nobodys) {
  client_address client(address("10.0.0.1"), proxies);
  for (const auto& head :
       {from({"unknown"}), from({"1.2.3.4", "5.6.7.8", "9.9.9.9", "10.0.0.3", "10.0.0.2"})}) {
    BOOST_TEST((client.follow(head, proxies) == state::unreadable));
    BOOST_TEST((client.address() == protocol::ip_address{}));
    BOOST_TEST(client.network_info().empty());
  }
  BOOST_TEST((client.follow(from({}), proxies) == state::changed));
  BOOST_TEST(!client.network_info().empty());
}

BOOST_AUTO_TEST_CASE(a_private_endpoint_is_told) {
  const client_address client(address("192.168.0.9"), {}, "/pe/1");
  BOOST_TEST(client.arrived().private_endpoint == "/pe/1");
  BOOST_TEST(client.network_info() ==
             "conn_type=PrivateLink;addr=192.168.0.9;act_addr_fam=InterNetwork;"
             "private_endpoint=/pe/1;");
}

BOOST_AUTO_TEST_CASE(a_right_on_one_object_is_asked_for_the_next_one_again) {
  admittance rights;
  rights.begin(caller("user"), rules_at(of_vault + "/secrets/a"));
  BOOST_TEST(!rights.refuse_for_rights(getting("a"), facts).has_value());
  BOOST_TEST(rights.assignment() == "0000000000000000000000000000000a");
  BOOST_TEST(rights.refuse_for_rights(getting("b"), facts).has_value());
  BOOST_TEST(!rights.refuse_for_rights(getting("A"), facts).has_value());
}

BOOST_AUTO_TEST_CASE(a_right_on_the_vault_is_remembered_for_this_caller_and_these_rules) {
  admittance rights;
  const auto user = caller("user");
  const auto rules = rules_at(of_vault);
  for (unsigned i = 0; i < 2; ++i) {
    rights.begin(user, rules);
    BOOST_TEST(!rights.refuse_for_rights(getting("a"), facts).has_value());
    BOOST_TEST(!rights.assignment().empty());
    rights.clear_assignment();
    BOOST_TEST(rights.assignment().empty());
  }
  rights.begin(caller("another"), rules);
  BOOST_TEST(rights.refuse_for_rights(getting("a"), facts).has_value());
  rights.begin(user, rules);
  BOOST_TEST(!rights.refuse_for_rights(getting("a"), facts).has_value());
  rights.begin(user, rules_at("/subscriptions/another"));
  BOOST_TEST(rights.refuse_for_rights(getting("a"), facts).has_value());
  BOOST_TEST(rights.assignment().empty());
}

BOOST_AUTO_TEST_CASE(who_was_let_in_is_asked_again_from_another_address) {
  admittance rights;
  const auto user = caller("user");
  const auto rules = rules_at(of_vault, true);
  const auto refused = [&](std::string_view text) {
    rights.begin(user, rules);
    return rights.refuse_for_network({address(text), {}}, facts).has_value();
  };
  BOOST_TEST(refused("203.0.113.8"));
  BOOST_TEST(!refused("203.0.113.7"));
  BOOST_TEST(!refused("203.0.113.7"));
  rights.forget();
  BOOST_TEST(refused("203.0.113.8"));
  rights.begin(user, rules_at(of_vault, false));
  BOOST_TEST(!rights.refuse_for_network({address("203.0.113.8"), {}}, facts).has_value());
  BOOST_TEST(refused("203.0.113.8"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
