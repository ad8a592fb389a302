#pragma once

#include "protocol/vault.hpp"
#include "stored_kit.hpp"

namespace twinkeep::protocol::test {

// A vault with everything that one can have.
[[nodiscard]] inline vault_resource full_vault() {
  vault_resource v;
  v.name = "Full";
  v.location = "eastus2";
  v.resource_group = "rg";
  v.tenant_id = "11111111-1111-1111-1111-111111111111";
  v.tags = {{"a", "b"}, {"quote", "\"\\\n"}};
  access_policy policy;
  policy.tenant_id = v.tenant_id;
  policy.object_id = "aaaaaaaa-0000-0000-0000-00000000000a";
  policy.application_id = "bbbbbbbb-0000-0000-0000-00000000000b";
  policy.keys = {"get", "wrapKey"};
  policy.secrets = {"all"};
  policy.certificates = {"list"};
  policy.storage = {"getsas"};
  v.access_policies = {policy, {v.tenant_id, "x", "", {}, {"get"}, {}, {}}};
  v.rbac_authorization = true;
  v.enabled_for_deployment = v.enabled_for_disk_encryption = v.enabled_for_template_deployment =
      true;
  v.recovery = {7, true};
  v.network = network_rules{false, false, {"10.0.0.0/8", "::1"}, {{"/subnets/s", true}}};
  v.public_access = false;
  v.connections = {{"pe", "/endpoints/pe", connection_status::rejected, "no", 3}};
  v.created = {"somebody", "User", 1'800'000'000};
  v.modified = {"something", "Application", 1'800'000'001};
  v.deleted = deletion{1'800'000'002, 1'800'604'802};
  return v;
}

[[nodiscard]] inline vault_resource plain_vault() {
  vault_resource v;
  v.name = "plain";
  v.location = "westus3";
  v.resource_group = "rg";
  v.tenant_id = "11111111-1111-1111-1111-111111111111";
  return v;
}

[[nodiscard]] inline role_assignment full_assignment() {
  return {"cccccccc-0000-0000-0000-00000000000c",
          "/subscriptions/S/resourceGroups/rg",
          "4633458b-17de-408a-b874-0445c86b69e6",
          "aaaaaaaa-0000-0000-0000-00000000000a",
          "User",
          {"somebody", "User", 1'800'000'000}};
}

// ---- at random, and what is to come back ----

// Of what has to be there: never empty.
[[nodiscard]] inline std::string required_word(dice& d) {
  return "x" + d.word();
}

// Nobody did anything at 0.
[[nodiscard]] inline trace random_trace(dice& d) {
  return {d.word(), d.word(), 1 + unix_seconds(d.below(4'000'000'000))};
}

[[nodiscard]] inline network_rules random_network(dice& d) {
  return {d.coin(), d.coin(), d.words(), d.some([&] {
            return virtual_network_rule{d.word(), d.coin()};
          })};
}

[[nodiscard]] inline vault_resource random_vault(dice& d) {
  vault_resource v;
  v.name = required_word(d);
  v.location = required_word(d);
  v.resource_group = d.word();
  v.tenant_id = d.word();
  v.sku = vault_sku(d.below(2));
  v.tags = random_tags(d);
  v.access_policies = d.some([&] {
    return access_policy{d.word(), d.word(), d.word(), d.words(), d.words(), d.words(), d.words()};
  });
  v.rbac_authorization = d.coin();
  v.enabled_for_deployment = d.coin();
  v.enabled_for_disk_encryption = d.coin();
  v.enabled_for_template_deployment = d.coin();
  v.recovery = {d.count(91), d.coin()};
  v.network = d.maybe([&] { return random_network(d); });
  v.public_access = d.coin();
  v.connections = d.some([&] {
    return private_endpoint_connection{d.word(), d.word(), connection_status(d.below(4)), d.word(),
                                       d.below(1000)};
  });
  if (d.coin()) v.created = random_trace(d);
  if (d.coin()) v.modified = random_trace(d);
  v.deleted = d.maybe([&] { return deletion{d.time(), d.time()}; });
  return v;
}

[[nodiscard]] inline role_assignment random_assignment(dice& d) {
  return {required_word(d), required_word(d), required_word(d),
          required_word(d), d.word(),         random_trace(d)};
}

[[nodiscard]] inline auto all_of(const trace& t) {
  return std::tuple(t.by, t.by_type, t.at);
}
[[nodiscard]] inline auto all_of(const vault_resource& v) {
  std::vector<std::tuple<std::vector<std::string>, std::vector<std::vector<std::string>>>> policies;
  for (const auto& p : v.access_policies) {
    policies.emplace_back(std::vector{p.tenant_id, p.object_id, p.application_id},
                          std::vector{p.keys, p.secrets, p.certificates, p.storage});
  }
  const auto network = v.network.value_or(network_rules{});
  std::vector<std::pair<std::string, bool>> subnets;
  for (const auto& rule : network.virtual_network_rules) {
    subnets.emplace_back(rule.id, rule.ignore_missing_endpoint);
  }
  std::vector<std::tuple<std::string, std::string, connection_status, std::string, std::uint64_t>>
      connections;
  for (const auto& c : v.connections) {
    connections.emplace_back(c.name, c.endpoint_id, c.status, c.description, c.etag);
  }
  const auto gone = v.deleted.value_or(deletion{});
  return std::tuple(
      std::tuple(v.name, v.location, v.resource_group, v.tenant_id, v.sku, v.tags, policies),
      std::tuple(v.rbac_authorization, v.enabled_for_deployment, v.enabled_for_disk_encryption,
                 v.enabled_for_template_deployment, v.recovery.retention_days,
                 v.recovery.purge_protection),
      std::tuple(v.network.has_value(), network.bypass_azure_services, network.allow_by_default,
                 network.ip_rules, subnets, v.public_access, connections),
      std::tuple(all_of(v.created), all_of(v.modified), v.deleted.has_value(), gone.deleted_date,
                 gone.scheduled_purge_date));
}
[[nodiscard]] inline auto all_of(const role_assignment& a) {
  return std::tuple(a.name, a.scope, a.role_definition, a.principal_id, a.principal_type,
                    all_of(a.created));
}

}  // namespace twinkeep::protocol::test
