#include <algorithm>

#include "protocol/identifiers.hpp"
#include "regions/config/audit.hpp"
#include "regions/config/failed_authentication.hpp"
#include "regions/config/hsms.hpp"
#include "regions/config/issuers.hpp"
#include "regions/config/perimeter.hpp"
#include "regions/config/private_endpoints.hpp"
#include "regions/config/role_assignments.hpp"
#include "regions/config/seal.hpp"
#include "regions/config/table_reader.hpp"
#include "regions/config/values.hpp"
#include "regions/topology.hpp"

namespace twinkeep::regions {

namespace {

void read_listeners(const table_reader& root, deployment& d) {
  const auto is_endpoint = [](const std::string& text) { return parse_endpoint(text).ok(); };
  constexpr std::string_view expected = "an address and a port such as \"127.0.0.1:8443\"";
  if (root.has("listen")) {
    std::vector<std::string> listen;
    root.read("listen", listen, expected, is_endpoint);
    if (listen.empty()) root.complain("listen", "at least one address", "none");
    d.listen.clear();
    for (const auto& text : listen) d.listen.push_back(*parse_endpoint(text));
  }
  std::string admin;
  root.read("admin", admin, expected, is_endpoint);
  if (!admin.empty()) d.admin = *parse_endpoint(admin);
  std::vector<std::string> management;
  root.read("management_listen", management, expected, is_endpoint);
  for (const auto& text : management) d.management_listen.push_back(*parse_endpoint(text));
  for (const auto& e : d.listen) {
    if (e.address == d.admin.address && e.port == d.admin.port && e.port != 0) {
      root.complain("admin", "another address than those of listen", "the same one");
    }
  }
}

void read_names(const table_reader& root, deployment& d) {
  root.read("suffixes", d.suffixes, "a host name such as \"vault.localhost\"", is_host_name);
  if (d.suffixes.empty()) root.complain("suffixes", "at least one host name", "none");
  for (auto& suffix : d.suffixes) suffix = protocol::lower(suffix);
  root.read("server_names", d.server_names, "a host name or an IP address",
            [](const std::string& text) { return is_host_name(text) || is_ip_literal(text); });
  root.read("audiences", d.audiences, "an audience such as \"https://vault.example\"", is_filled);
  root.read("tenant", d.tenant, "an id of letters, digits, '-', '.' and '_'", is_id);
  root.read("subscription", d.subscription, "an id of letters, digits, '-', '.' and '_'", is_id);
  root.read("resource_group", d.resource_group, "a name of letters, digits, '-', '.' and '_'",
            is_id);
  duration deadline = d.request_deadline;
  root.read("request_deadline", deadline);
  d.request_deadline = std::chrono::duration_cast<std::chrono::milliseconds>(deadline);
}

void read_region(const table_reader& table, deployment& d) {
  std::string name;
  std::string directory;
  table.read("name", name, "the name of an Azure region such as \"eastus2\"", is_filled);
  table.read("directory", directory, "a path", is_filled);
  const auto* facts = find_region(name);
  if (!facts) {
    std::vector<std::string_view> known;
    for (const auto& f : region_catalog()) known.push_back(f.name);
    const auto meant = nearest(name, known);
    table.complain_of_value(
        "name", meant.empty() ? std::string{"the name of an Azure region"}
                              : "the name of an Azure region (" + std::string{meant} + "?)");
    return;
  }
  if (d.find_region(name)) table.complain("name", "each region once", in_quotes(name) + " again");
  const std::filesystem::path path = std::filesystem::path{directory}.lexically_normal();
  if (!directory.empty() &&
      std::ranges::find(d.regions, path, &region_config::directory) != d.regions.end()) {
    table.complain("directory", "one of its own for each region", in_quotes(directory) + " again");
  }
  d.regions.push_back({facts, path});
}

// A vault's keys are to be usable wherever it is served.
void read_sku(const table_reader& table, vault_config& vault, const deployment& d) {
  std::string sku = "standard";
  table.read("sku", sku, "\"standard\" or \"premium\"",
             [](const std::string& text) { return text == "standard" || text == "premium"; });
  if (sku != "premium") return;
  vault.sku = protocol::vault_sku::premium;
  if (!d.find_region(vault.region) || d.offers_premium(vault.region)) return;
  const auto* copied_by = d.secondary_of(vault.region);
  const auto lacking = d.has_hsms(vault.region) ? std::string{copied_by->facts->name} +
                                                      ", which copies " + vault.region + "'s vaults"
                                                : vault.region;
  table.complain("sku", "[[hsm]] for two zones of " + lacking, "none");
}

void read_vault(const table_reader& table, deployment& d) {
  vault_config vault;
  constexpr std::string_view a_name = "3 to 24 letters, digits and single '-', a letter first";
  table.read("name", vault.name, a_name,
             [](const std::string& text) { return protocol::is_vault_name(text); });
  if (!table.has("name")) table.complain_of_value("name", a_name);
  if (d.find_vault(vault.name)) {
    table.complain("name", "each vault once", in_quotes(vault.name) + " again");
  }
  const auto a_region = "a region of this deployment (" + names_of(d.regions) + ")";
  table.read("region", vault.region, a_region,
             [&](const std::string& text) { return d.find_region(text) != nullptr; });
  if (!table.has("region")) table.complain_of_value("region", a_region);
  constexpr unsigned least_days = 7;
  constexpr unsigned most_days = 90;
  table.read("retention_days", vault.recovery.retention_days, least_days, most_days);
  table.read("purge_protection", vault.recovery.purge_protection);
  table.read("owners", vault.owners, "an object id or application id", is_id);
  table.read("rbac_authorization", vault.rbac_authorization);
  table.read("tenant", vault.tenant, "the id of a tenant", is_id);
  read_sku(table, vault, d);
  d.vaults.push_back(std::move(vault));
}

void read_regions(const table_reader& root, deployment& d, complaints& sink) {
  const auto region_tables = root.tables("regions");
  if (!region_tables) return;
  d.regions.clear();
  if (region_tables->empty()) root.complain("regions", "at least one [[regions]]", "none");
  for (const auto* t : *region_tables) {
    read_region({*t, "regions", {"name", "directory"}, sink}, d);
  }
}

void read_vaults(const table_reader& root, deployment& d, complaints& sink) {
  const auto vault_tables = root.tables("vaults");
  // The default vaults belong to the default regions.
  if (root.has("regions") || vault_tables) {
    d.vaults.clear();
    if (!vault_tables || vault_tables->empty()) {
      root.complain("vaults", "at least one [[vaults]]", "none");
      return;
    }
    for (const auto* t : *vault_tables) {
      read_vault({*t,
                  "vaults",
                  {"name", "region", "retention_days", "purge_protection", "owners",
                   "rbac_authorization", "tenant", "sku"},
                  sink},
                 d);
    }
  }
}

// What failing over safely rests on (failure_detector.hpp, write_lease.hpp).
void check_timings(const table_reader& table, const failover_timings& t) {
  // Of the settings in question, the one that the file has: there it can be put right.
  const auto complain = [&](std::initializer_list<std::string_view> keys, std::string_view key,
                            const std::string& expected, duration found) {
    const auto* present =
        std::ranges::find_if(keys, [&](std::string_view k) { return table.has(k); });
    const auto name = present == keys.end() ? key : *present;
    const auto text = std::string{name == key ? "" : std::string{key} + " "};
    table.complain(name, name == key ? expected : std::string{key} + " of " + expected,
                   text + write_duration(found));
  };
  const auto two_beats = 2 * t.heartbeat_every;
  if (t.lease <= two_beats) {
    complain({"lease", "heartbeat_every"}, "lease",
             "more than twice heartbeat_every (" + write_duration(two_beats) + ")", t.lease);
  }
  if (t.lease + two_beats >= t.detect_after) {
    complain(
        {"detect_after", "lease", "heartbeat_every"}, "detect_after",
        "more than lease and twice heartbeat_every (" + write_duration(t.lease + two_beats) + ")",
        t.detect_after);
  }
  if (t.suspect_after() >= t.detect_after) {
    complain(
        {"detect_after", "suspect_after_missed", "heartbeat_every"}, "detect_after",
        "more than suspect_after_missed heartbeats (" + write_duration(t.suspect_after()) + ")",
        t.detect_after);
  }
}

void read_failover(const table_reader& table, failover_timings& t) {
  std::string profile = "fast";
  table.read("profile", profile, "\"fast\" or \"azure\"",
             [](const std::string& text) { return text == "fast" || text == "azure"; });
  if (profile == "azure") t = azure_timings();
  table.read("heartbeat_every", t.heartbeat_every);
  constexpr unsigned most_missed = 100;
  table.read("suspect_after_missed", t.suspect_after_missed, 1, most_missed);
  table.read("detect_after", t.detect_after);
  table.read("lease", t.lease);
  table.read("hedge_after", t.hedge_after);
  table.read("zone_timeout", t.zone_timeout);
  table.read("failback_after", t.failback_after);
  table.read("replicate_every", t.replicate_every);
  check_timings(table, t);
}

void read_keys(const table_reader& table, vault_options& options) {
  table.read("symmetric", options.symmetric_keys);
  table.read("exportable", options.exportable_keys);
}

void read_certificates(const table_reader& table, deployment& d) {
  duration issue_after{};
  table.read("issue_after", issue_after);
  d.options.issue_after = std::chrono::duration_cast<std::chrono::seconds>(issue_after).count();
  std::string certificate;
  std::string key;
  table.read("authority_file", certificate, "the path of a PEM certificate", is_filled);
  table.read("authority_key_file", key, "the path of its PEM private key", is_filled);
  if (certificate.empty() != key.empty()) {
    table.complain(certificate.empty() ? "authority_key_file" : "authority_file",
                   "authority_file and authority_key_file", "one of them");
  }
  d.authority_file = certificate;
  d.authority_key_file = key;
}

void read_events(const table_reader& table, deployment& d) {
  std::string webhook;
  std::string ca;
  std::string authorization;
  table.read("webhook", webhook, a_web_address,
             [](const std::string& url) { return parse_web_address(url).has_value(); });
  table.read("ca_file", ca, "the path of PEM certificates", is_filled);
  table.read("authorization_file", authorization, "the path of a text", is_filled);
  if (!table.has("webhook")) table.complain_of_value("webhook", a_web_address);
  auto where = parse_web_address(webhook);
  if (!where) return;
  d.webhook = webhook_config{*std::move(where), ca, authorization};
  d.options.notices = true;
}

void read_limits(const table_reader& root, deployment& d) {
  std::string limits = "none";
  root.read("limits", limits, "\"azure\" or \"none\"",
            [](const std::string& text) { return text == "azure" || text == "none"; });
  d.options.azure_limits = limits == "azure";
}

deployment read_root(const toml::table& document, complaints& sink) {
  auto d = default_deployment();
  const table_reader root{document,
                          "",
                          {"listen",
                           "admin",
                           "suffixes",
                           "server_names",
                           "audiences",
                           "tenant",
                           "subscription",
                           "request_deadline",
                           "regions",
                           "hsm",
                           "vaults",
                           "failover",
                           "private_endpoint",
                           "backup",
                           "issuers",
                           "built_in_issuer",
                           "keys",
                           "certificates",
                           "allow_clock_advance",
                           "limits",
                           "events",
                           "resource_group",
                           "private_endpoints",
                           "management_listen",
                           "trusted_proxies",
                           "trusted_services",
                           "role_assignments",
                           "failed_authentication",
                           "audit",
                           "seal",
                           "clients"},
                          sink};
  read_listeners(root, d);
  read_names(root, d);
  read_regions(root, d, sink);
  read_hsms(root, d, sink);
  read_vaults(root, d, sink);
  read_private_endpoints(root, d, sink);
  if (const auto* t = root.table("failover")) {
    read_failover({*t,
                   "failover",
                   {"profile", "heartbeat_every", "suspect_after_missed", "detect_after", "lease",
                    "hedge_after", "zone_timeout", "failback_after", "replicate_every"},
                   sink},
                  d.timings);
  }
  if (const auto* t = root.table("private_endpoint")) {
    table_reader{*t, "private_endpoint", {"reestablish_after"}, sink}.read(
        "reestablish_after", d.timings.private_endpoint_reestablish_after);
  }
  if (const auto* t = root.table("backup")) {
    std::string scope = "geography";
    table_reader{*t, "backup", {"restore_scope"}, sink}.read(
        "restore_scope", scope, "\"geography\" or \"any\"",
        [](const std::string& text) { return text == "geography" || text == "any"; });
    if (scope == "any") d.restore_scope = protocol::restore_scope::any;
  }
  if (const auto* t = root.table("keys")) {
    read_keys({*t, "keys", {"symmetric", "exportable"}, sink}, d.options);
  }
  if (const auto* t = root.table("certificates")) {
    read_certificates(
        {*t, "certificates", {"issue_after", "authority_file", "authority_key_file"}, sink}, d);
  }
  read_issuers(root, d, sink);
  read_role_assignments(root, d, sink);
  read_perimeter(root, d);
  read_failed_authentication(root, d.failed_authentication, sink);
  root.read("allow_clock_advance", d.allow_clock_advance);
  read_limits(root, d);
  if (const auto* t = root.table("events")) {
    read_events({*t, "events", {"webhook", "ca_file", "authorization_file"}, sink}, d);
  }
  if (const auto* t = root.table("audit")) d.audit = read_audit(*t, sink);
  if (const auto* t = root.table("seal")) d.seal = read_seal(*t, sink);
  return d;
}

}  // namespace

result<deployment, config_error> read_deployment(std::string_view toml,
                                                 std::string_view file_name) {
  complaints sink{file_name};
  try {
    auto d = read_root(toml::parse(toml), sink);
    if (sink.first()) return failure{config_error{*sink.first()}};
    return d;
  } catch (const toml::parse_error& e) {
    sink.add(e.source(), "", "TOML", std::string{e.description()});
  }
  return failure{config_error{*sink.first()}};
}

}  // namespace twinkeep::regions
