// The configuration file: what it sets, and what its errors tell.
#include <boost/test/unit_test.hpp>

#include "regions/topology.hpp"

namespace twinkeep::regions::tests {

namespace {

std::string problem(std::string_view toml) {
  const auto d = read_deployment(toml, "twinkeep.toml");
  return d.ok() ? "none" : d.error().message;
}

deployment read(std::string_view toml) {
  auto d = read_deployment(toml, "twinkeep.toml");
  BOOST_REQUIRE_MESSAGE(d.ok(), problem(toml));
  return *d;
}

// The message of an error must begin with the place and the key, and name every part.
void check_problem(std::string_view toml, const std::string& start,
                   std::initializer_list<std::string_view> parts = {}) {
  const auto message = problem(toml);
  BOOST_TEST(message.starts_with("twinkeep.toml:" + start), message);
  BOOST_TEST(message.find("expected ") != std::string::npos, message);
  BOOST_TEST(message.find(", found ") != std::string::npos, message);
  for (const auto part : parts) {
    BOOST_TEST(message.find(part) != std::string::npos, message << " lacks " << part);
  }
}

constexpr std::string_view two_regions = R"([[regions]]
name = "northeurope"
[[regions]]
name = "westeurope"
directory = "/srv/we/../west"
)";

}  // namespace

BOOST_AUTO_TEST_SUITE(config)

BOOST_AUTO_TEST_CASE(an_empty_file_is_the_default_deployment) {
  const auto d = read("");
  const auto standard = default_deployment();
  BOOST_TEST(d.regions.size() == standard.regions.size());
  BOOST_TEST(d.vaults.size() == standard.vaults.size());
  BOOST_TEST(d.listen.size() == 2u);
  BOOST_TEST((d.timings.detect_after == standard.timings.detect_after));
  BOOST_TEST(d.built_in_issuer);
  BOOST_TEST(!d.allow_clock_advance);
  BOOST_TEST(!d.options.azure_limits);
  BOOST_TEST(!d.options.notices);
  BOOST_TEST(!d.webhook.has_value());
}

BOOST_AUTO_TEST_CASE(a_webhook_is_reached_by_tls_or_on_this_machine) {
  const auto hook = [](const std::string& url) {
    return *read("[events]\nwebhook = \"" + url + "\"").webhook;
  };
  BOOST_TEST(hook("https://h").where.port == 443);
  BOOST_TEST(hook("https://h").where.target == "/");
  BOOST_TEST(hook("https://h?a=b").where.target == "/?a=b");
  BOOST_TEST(hook("https://192.0.2.1/x").where.host == "192.0.2.1");
  BOOST_TEST(hook("https://[2001:db8::1]:9/x").where.host == "2001:db8::1");
  for (const auto* host : {"localhost", "127.0.0.1", "127.1.2.3", "[::1]"}) {
    const auto plain = hook("http://" + std::string{host} + "/x");
    BOOST_TEST(!plain.where.tls);
    BOOST_TEST(plain.where.port == 80);
  }
  for (const auto* bad :
       {"", "hooks", "/x", "ftp://h/x", "http://h/x", "http://192.0.2.1/x", "http://[2001:db8::1]/",
        "http://127.0.0.1.example/x", "https:///x", "https://h:0/x", "https://h:70000/x",
        "https://user@h/x", "https://u:p@h/x", "https://h/x#y", "https://h/a b", "https://a_b/x"}) {
    BOOST_TEST_INFO("webhook " << bad);
    check_problem("\n[events]\nwebhook = \"" + std::string{bad} + "\"",
                  "3: events.webhook: ", {"an https URL"});
  }
  check_problem("\n[events]\nca_file = \"x\"", "2: events.webhook: ", {"found nothing"});
  check_problem("[events]\nwebhok = \"https://h\"", "2: events.webhok: ", {"webhook"});
}

BOOST_AUTO_TEST_CASE(limits_are_azures_or_none) {
  BOOST_TEST(!read("limits = \"none\"").options.azure_limits);
  check_problem("limits = \"some\"", "1: limits: ", {"\"azure\" or \"none\"", "\"some\""});
}

BOOST_AUTO_TEST_CASE(everything_can_be_set) {
  const auto d = read(R"(
listen = ["0.0.0.0:443", "[::]:443"]
admin = "127.0.0.1:9000"
suffixes = ["Vault.Example", "kv.example"]
server_names = ["10.0.0.1", "kv.internal"]
audiences = ["https://vault.azure.net"]
tenant = "t-1"
subscription = "s-1"
request_deadline = "4s"
built_in_issuer = true
allow_clock_advance = true
limits = "azure"
[[regions]]
name = "northeurope"
[[regions]]
name = "westeurope"
directory = "/srv/we/../west"
[[vaults]]
name = "Ledger"
region = "westeurope"
retention_days = 7
purge_protection = true
owners = ["oid-1", "app-2"]
[failover]
heartbeat_every = "100ms"
suspect_after_missed = 3
detect_after = "2s"
lease = "1s"
hedge_after = "20ms"
zone_timeout = "500ms"
failback_after = "1min"
replicate_every = "50ms"
[private_endpoint]
reestablish_after = "1h"
[events]
webhook = "https://Hooks.example:8444/kv?code=a%20b"
ca_file = "hooks.pem"
authorization_file = "hooks.txt"
[backup]
restore_scope = "any"
[[issuers]]
issuer = "https://issuer/"
tenant = "t-2"
key_set_file = "keys.json"
)");
  BOOST_TEST(d.listen.at(1).address == "::");
  BOOST_TEST(d.listen.at(1).port == 443);
  BOOST_TEST(d.admin.port == 9000);
  BOOST_TEST(d.suffixes.at(0) == "vault.example");
  BOOST_TEST(d.server_names.size() == 2u);
  BOOST_TEST(d.audiences.at(0) == "https://vault.azure.net");
  BOOST_TEST(d.tenant == "t-1");
  BOOST_TEST(d.allow_clock_advance);
  BOOST_TEST(d.subscription == "s-1");
  BOOST_TEST((d.request_deadline == 4s));
  BOOST_TEST(d.regions.size() == 2u);
  BOOST_TEST(d.find_region("westeurope")->directory == "/srv/west");
  BOOST_REQUIRE(d.vaults.size() == 1u);
  BOOST_TEST(d.vaults[0].name == "Ledger");
  BOOST_TEST(d.vaults[0].recovery.retention_days == 7u);
  BOOST_TEST(d.vaults[0].recovery.purge_protection);
  BOOST_TEST(d.vaults[0].owners.at(1) == "app-2");
  const auto& t = d.timings;
  BOOST_TEST((t.heartbeat_every == 100ms && t.suspect_after() == 300ms && t.detect_after == 2s));
  BOOST_TEST((t.lease == 1s && t.hedge_after == 20ms && t.zone_timeout == 500ms));
  BOOST_TEST((t.failback_after == 1min && t.replicate_every == 50ms));
  BOOST_TEST((t.private_endpoint_reestablish_after == 1h));
  BOOST_TEST((d.restore_scope == protocol::restore_scope::any));
  BOOST_REQUIRE(d.webhook.has_value());
  BOOST_TEST(d.webhook->where.tls);
  BOOST_TEST(d.webhook->where.host == "hooks.example");
  BOOST_TEST(d.webhook->where.port == 8444);
  BOOST_TEST(d.webhook->where.target == "/kv?code=a%20b");
  BOOST_TEST(d.webhook->ca_file == "hooks.pem");
  BOOST_TEST(d.webhook->authorization_file == "hooks.txt");
  BOOST_TEST(d.options.notices);
  BOOST_TEST(d.options.azure_limits);
  BOOST_TEST(d.issuers.at(0).key_set_file == "keys.json");
  BOOST_TEST(d.built_in_issuer);
}

BOOST_AUTO_TEST_CASE(another_issuer_switches_the_built_in_one_off) {
  const auto d = read(
      "[[issuers]]\nissuer = \"https://issuer/\"\ntenant = \"t\"\nkey_set_file = \"keys.json\"\n");
  BOOST_TEST(!d.built_in_issuer);
  check_problem("\nbuilt_in_issuer = false\n", "2: built_in_issuer: ", {"[[issuers]]"});
}

BOOST_AUTO_TEST_CASE(an_issuers_keys_are_in_a_file_or_behind_its_openid_configuration) {
  const std::string head = "[[issuers]]\nissuer = \"https://issuer/\"\ntenant = \"t\"\n";
  const auto url =
      std::string{"openid = \"https://Issuer:8443/.well-known/openid-configuration\"\n"};
  const auto d = read(head + url + "ca_file = \"ca.pem\"\nrefresh_every = \"1h\"\n");
  const auto& issuer = d.issuers.at(0);
  BOOST_REQUIRE(issuer.openid.has_value());
  BOOST_TEST(issuer.openid->host == "issuer");
  BOOST_TEST(issuer.openid->port == 8443);
  BOOST_TEST(issuer.openid->target == "/.well-known/openid-configuration");
  BOOST_TEST(issuer.ca_file == "ca.pem");
  BOOST_TEST((issuer.refresh_every == 1h));
  BOOST_TEST((read(head + url).issuers.at(0).refresh_every == 24h));

  check_problem(head, "1: issuers.openid: ", {"key_set_file or openid", "neither"});
  check_problem(head + url + "key_set_file = \"k\"\n", "5: issuers.key_set_file: ", {"both"});
  check_problem(head + "key_set_file = \"k\"\nca_file = \"c\"\n",
                "5: issuers.ca_file: ", {"openid"});
  check_problem(head + "key_set_file = \"k\"\nrefresh_every = \"1h\"\n",
                "5: issuers.refresh_every: ", {"openid"});
  check_problem(head + "openid = \"http://issuer/\"\n", "4: issuers.openid: ", {"https"});
  check_problem("[[issuers]]\ntenant = \"t\"\n" + url, "1: issuers.issuer: ", {"found nothing"});
}

BOOST_AUTO_TEST_CASE(every_vaults_tenant_has_an_issuer) {
  const std::string issuers =
      "[[issuers]]\nissuer = \"https://a/\"\ntenant = \"T-1\"\nkey_set_file = \"a\"\n"
      "[[issuers]]\nissuer = \"https://b/\"\ntenant = \"t-2\"\nkey_set_file = \"b\"\n";
  const auto vault = [](const std::string& tenant) {
    return "[[vaults]]\nname = \"demo\"\nregion = \"eastus2\"\ntenant = \"" + tenant + "\"\n";
  };
  BOOST_TEST(read(issuers + vault("t-1")).vaults.at(0).tenant == "t-1");
  BOOST_TEST(read("tenant = \"t-2\"\n" + issuers).tenant == "t-2");
  check_problem(vault("t-3") + issuers, "1: vaults: ", {"\"t-3\" of demo"});
  check_problem("tenant = \"t-3\"\n" + issuers, "1: tenant: ", {"[[issuers]]"});
  BOOST_TEST(
      read("built_in_issuer = true\ntenant = \"t-3\"\n" + issuers + vault("t-3")).vaults.size() ==
      1u);
}

BOOST_AUTO_TEST_CASE(limits_on_failed_authentication_are_read) {
  const auto usual = read("").failed_authentication;
  BOOST_TEST((usual.per_address == 100u && usual.per_caller == 20u && usual.window == 60s));
  const auto own = read(
                       "[failed_authentication]\nper_address = 0\nper_caller = 7\n"
                       "window = \"2s\"\n")
                       .failed_authentication;
  BOOST_TEST((own.per_address == 0u && own.per_caller == 7u && own.window == 2s));
  check_problem("[failed_authentication]\nper_adress = 1\n",
                "2: failed_authentication.per_adress: ", {"per_address"});
  check_problem("[failed_authentication]\nper_caller = -1\n",
                "2: failed_authentication.per_caller: ", {"found -1"});
}

BOOST_AUTO_TEST_CASE(the_azure_profile_sets_minutes_that_can_be_overridden) {
  const auto d = read("[failover]\nprofile = \"azure\"\nfailback_after = \"5min\"\n");
  BOOST_TEST((d.timings.detect_after == azure_timings().detect_after));
  BOOST_TEST((d.timings.private_endpoint_reestablish_after == 20min));
  BOOST_TEST((d.timings.failback_after == 5min));
  check_problem("[failover]\nprofile = \"quick\"\n",
                "2: failover.profile: ", {"\"fast\" or \"azure\"", "\"quick\""});
}

BOOST_AUTO_TEST_CASE(private_endpoints_belong_to_a_region_and_lead_to_a_vault) {
  const std::string good =
      "[[private_endpoints]]\nname = \"pe\"\nvault = \"demo\"\nlisten = \"127.0.0.2:8443\"\n";
  const auto d = read("resource_group = \"rg\"\nmanagement_listen = [\"127.0.0.1:8444\"]\n" + good +
                      "approved = true\n");
  BOOST_REQUIRE(d.private_endpoints.size() == 1U);
  const auto& endpoint = d.private_endpoints.front();
  BOOST_TEST(endpoint.region == "eastus2");
  BOOST_TEST(endpoint.listen.address == "127.0.0.2");
  BOOST_TEST(endpoint.approved);
  BOOST_TEST(endpoint.resource_id == "/subscriptions/" + d.subscription +
                                         "/resourceGroups/rg/providers/Microsoft.Network/"
                                         "privateEndpoints/pe");
  BOOST_TEST(d.management_listen.front().port == 8444);
  check_problem(good + good, "6: private_endpoints.name: ", {"each private endpoint once"});
  check_problem("[[private_endpoints]]\nname = \"pe\"\n", "1: private_endpoints.vault: ");
  check_problem(
      "[[private_endpoints]]\nname = \"pe\"\nvault = \"later\"\nlisten = \"127.0.0.2:1\"\n",
      "1: private_endpoints.region: ", {"not declared"});
}

BOOST_AUTO_TEST_CASE(errors_name_line_key_and_what_was_found) {
  check_problem("listen = 1\n", "1: listen: ", {"an array"});
  check_problem("\n\nlisten = [\"localhost:1\"]\n", "3: listen: ", {"\"localhost:1\""});
  check_problem("listen = []\n", "1: listen: ", {"at least one"});
  check_problem("listen = [\"127.0.0.1:9443\"]\n", "1: admin: ");
  check_problem("admin = \"127.0.0.1:70000\"\n", "1: admin: ", {"\"127.0.0.1:70000\""});
  check_problem("suffixes = [\"a..b\"]\n", "1: suffixes: ");
  check_problem("request_deadline = 10\n", "1: request_deadline: ", {"a duration", "10"});
  check_problem("tenant = \"a b\"\n", "1: tenant: ");
  check_problem("[backup]\nrestore_scope = \"moon\"\n", "2: backup.restore_scope: ", {"\"moon\""});
  check_problem("regions = 3\n", "1: regions: ", {"[[regions]]"});
  check_problem("failover = 3\n", "1: failover: ", {"[failover]"});
}

BOOST_AUTO_TEST_CASE(what_is_no_toml_is_told_with_its_line) {
  BOOST_TEST(problem("listen = [\n\n=").starts_with("twinkeep.toml:3: "),
             problem("listen = [\n\n="));
  BOOST_TEST(problem("tenant = \"a\"\ntenant = \"b\"\n").starts_with("twinkeep.toml:2: "));
}

BOOST_AUTO_TEST_CASE(unknown_keys_are_refused_with_what_was_probably_meant) {
  check_problem("sufixes = []\n", "1: sufixes: ", {"expected suffixes, found an unknown key"});
  check_problem("[failover]\ndetect_afer = \"3s\"\n",
                "2: failover.detect_afer: ", {"expected detect_after"});
  check_problem("colour = 1\n", "1: colour: ", {"one of listen, admin"});
  check_problem("[[vaults]]\nname = \"demo\"\nregion = \"eastus2\"\nowner = [\"a\"]\n",
                "4: vaults.owner: ", {"expected owners"});
}

BOOST_AUTO_TEST_CASE(regions_are_known_ones_each_once_in_a_place_of_its_own) {
  const std::string regions{two_regions};
  check_problem("[[regions]]\nname = \"eastus9\"\n", "2: regions.name: ", {"eastus", "?"});
  check_problem("[[regions]]\n", "1: regions.name: ", {"found nothing"});
  check_problem(regions + "[[regions]]\nname = \"westeurope\"\n", "7: regions.name: ", {"again"});
  check_problem(regions + "[[regions]]\nname = \"eastus\"\ndirectory = \"/srv/./west\"\n",
                "8: regions.directory: ", {"again"});
  check_problem("regions = []\n", "1: regions: ");
  // The default vaults are in regions that are not there any more.
  check_problem(regions, "1: vaults: ", {"[[vaults]]"});
}

BOOST_AUTO_TEST_CASE(vaults_are_in_regions_of_this_deployment_each_once) {
  const std::string head = "[[vaults]]\nname = \"demo\"\nregion = ";
  check_problem(head + "\"westeurope\"\n", "3: vaults.region: ", {"eastus2", "\"westeurope\""});
  check_problem("[[vaults]]\nname = \"demo\"\n", "1: vaults.region: ", {"found nothing"});
  check_problem("[[vaults]]\nregion = \"eastus2\"\n", "1: vaults.name: ", {"found nothing"});
  check_problem("[[vaults]]\nname = \"2\"\nregion = \"eastus2\"\n", "2: vaults.name: ", {"\"2\""});
  check_problem(head + "\"eastus2\"\n[[vaults]]\nname = \"DEMO\"\nregion = \"eastus2\"\n",
                "5: vaults.name: ", {"again"});
  for (const auto* days : {"6", "91", "\"30\"", "-1", "7.5"}) {
    check_problem(head + "\"eastus2\"\nretention_days = " + days + "\n",
                  "4: vaults.retention_days: ", {"from 7 to 90"});
  }
}

BOOST_AUTO_TEST_CASE(durations_are_whole_numbers_with_a_unit) {
  const auto with = [](std::string_view text) {
    return "request_deadline = \"" + std::string{text} + "\"\n";
  };
  for (const auto* text : {"1ms", "250ms", "10s", "3min", "1h", "168h"}) {
    BOOST_TEST(problem(with(text)) == "none");
  }
  for (const auto* text : {"", "0s", "10", "s", "1.5s", "-1s", "+1s", " 1s", "1 s", "1s ", "1d",
                           "169h", "99999999999999999999s"}) {
    check_problem(with(text), "1: request_deadline: ", {"a duration"});
  }
}

// A frozen region that thaws must find its lease gone before its vaults are served elsewhere.
BOOST_AUTO_TEST_CASE(timings_that_would_be_unsafe_are_refused) {
  check_problem("[failover]\ndetect_after = \"2s\"\n", "2: failover.detect_after: ",
                {"more than lease and twice heartbeat_every (2500ms)", "2s"});
  check_problem("[failover]\nlease = \"3s\"\n", "2: failover.lease: ", {"detect_after"});
  check_problem("[failover]\nlease = \"500ms\"\n", "2: failover.lease: ", {"heartbeat_every"});
  check_problem("[failover]\nsuspect_after_missed = 12\n", "2: failover.suspect_after_missed: ");
  check_problem("[failover]\nsuspect_after_missed = 0\n",
                "2: failover.suspect_after_missed: ", {"from 1 to 100"});
  check_problem("[failover]\nheartbeat_every = \"1s\"\n", "2: failover.heartbeat_every: ");
}

BOOST_AUTO_TEST_CASE(endpoints_are_literal_addresses_with_a_port) {
  BOOST_TEST(parse_endpoint("[::1]:0")->address == "::1");
  BOOST_TEST(parse_endpoint("10.1.2.3:65535")->port == 65535);
  for (const auto* text : {"", ":1", "1", "::1:8443", "[127.0.0.1]:1", "127.0.0.1", "127.0.0.1:",
                           "127.0.0.1:-1", "127.0.0.1:65536", "host:1", "[::1]", "127.0.0.1:1 "}) {
    const auto parsed = parse_endpoint(text);
    BOOST_REQUIRE_MESSAGE(!parsed.ok(), text);
    BOOST_TEST(parsed.error().message.find("found \"" + std::string{text} + "\"") !=
               std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
