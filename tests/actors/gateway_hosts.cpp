#include <boost/test/unit_test.hpp>

#include "actors/gateway/hosts.hpp"

namespace twinkeep::actors::tests {

namespace {

regions::deployment two_suffixes() {
  auto topology = regions::default_deployment();
  topology.suffixes = {"vault.localhost", "Vault.Azure.Net"};
  topology.server_names = {"keys.example",   "west.vault.localhost", "other.vault.localhost",
                           "*.wild.example", "vault.localhost",      "10.0.0.7"};
  topology.audiences = {"https://vault.example/"};
  return topology;
}

std::optional<place> find(const host_map& hosts, std::string_view host_line) {
  const auto authority = protocol::http::parse_authority(host_line);
  BOOST_REQUIRE(authority.has_value());
  return hosts.find(*authority);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway_hosts)

BOOST_AUTO_TEST_CASE(a_vault_is_found_below_every_suffix_in_any_case) {
  const host_map hosts(two_suffixes());
  const auto demo = find(hosts, "DEMO.Vault.LocalHost:8443");
  BOOST_REQUIRE(demo.has_value());
  BOOST_TEST(demo->vault == "demo");
  BOOST_TEST(demo->base_url == "https://demo.vault.localhost:8443");
  BOOST_TEST(demo->resource == "https://vault.localhost:8443");
  const auto west = find(hosts, "west.vault.azure.net");
  BOOST_REQUIRE(west.has_value());
  BOOST_TEST(west->vault == "west");
  BOOST_TEST(west->base_url == "https://west.vault.azure.net");
  BOOST_TEST(west->resource == "https://vault.azure.net");
}

BOOST_AUTO_TEST_CASE(the_usual_port_is_left_out) {
  const host_map hosts(two_suffixes());
  const auto demo = find(hosts, "demo.vault.azure.net:443");
  BOOST_TEST(demo->base_url == "https://demo.vault.azure.net");
  BOOST_TEST(demo->resource == "https://vault.azure.net");
}

BOOST_AUTO_TEST_CASE(the_first_vault_has_the_aliases) {
  const host_map hosts(two_suffixes());
  for (const auto* host :
       {"localhost:8443", "127.0.0.1:8443", "[::1]:8443", "keys.example:8443", "10.0.0.7:8443"}) {
    const auto found = find(hosts, host);
    BOOST_REQUIRE_MESSAGE(found.has_value(), host);
    BOOST_TEST(found->vault == "demo");
    BOOST_TEST(found->base_url == std::string("https://") + host);
    BOOST_TEST(found->resource == "https://vault.localhost:8443");
  }
}

BOOST_AUTO_TEST_CASE(other_hosts_are_no_vault) {
  const host_map hosts(two_suffixes());
  for (const auto* host : {"vault.localhost", "a.demo.vault.localhost", "de--mo.vault.localhost",
                           "demo.example.com", "demo", "a.wild.example", "127.0.0.2", "[::2]"}) {
    BOOST_TEST(!find(hosts, host).has_value(), host);
  }
  BOOST_TEST(find(hosts, "west.vault.localhost")->vault == "west");
  BOOST_TEST(find(hosts, "other.vault.localhost")->vault == "other");  // there now or later
}

BOOST_AUTO_TEST_CASE(audiences_are_the_suffixes_azures_and_configured_ones_on_any_port) {
  const audiences accepted(two_suffixes());
  for (const auto* audience :
       {"https://vault.localhost", "https://vault.localhost/", "https://vault.localhost:8443",
        "https://vault.azure.net", "https://vault.example", "https://vault.example:1",
        "https://localhost:8443", "https://127.0.0.1:8443", "https://[::1]:8443",
        "https://[::1]"}) {
    BOOST_TEST(accepted.accepts(audience), audience);
  }
  for (const auto* audience :
       {"", "https://", "vault.localhost", "http://vault.localhost", "https://vault.localhost:",
        "https://vault.localhost:8443x", "https://vault.azure.net.evil", "https://evil:8443",
        "https://vault.localhost:8443:8443", "https://vault.localhost@evil:8443"}) {
    BOOST_TEST(!accepted.accepts(audience), audience);
  }
  BOOST_TEST(accepted.canonical("https://vault.localhost:8443") == "https://vault.localhost");
  BOOST_TEST(accepted.canonical("https://evil:8443") == "https://evil:8443");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
