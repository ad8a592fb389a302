#pragma once

#include "protocol/vault.hpp"

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

}  // namespace twinkeep::protocol::test
