#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/operations.hpp"

// The management plane: Microsoft.KeyVault, and the little of Microsoft.Authorization and of
// subscriptions that clients of it ask for.
namespace twinkeep::protocol::management {

enum class operation_id : std::uint8_t {
  vault_put,
  vault_patch,
  vault_get,
  vault_delete,
  vault_list_by_group,
  vault_list,
  vault_resources,  // the generic list of resources
  deleted_vault_list,
  deleted_vault_get,
  deleted_vault_purge,
  operation_result,
  name_check,
  managed_hsm_list_by_group,  // there are none: for tools that list them beside vaults
  managed_hsm_list,
  deleted_managed_hsm_list,
  access_policy_add,
  access_policy_replace,
  access_policy_remove,
  private_link_resources,
  connection_list,
  connection_get,
  connection_put,
  connection_delete,
  secret_put,
  secret_patch,
  secret_get,
  secret_list,
  key_put,
  key_get,
  key_list,
  key_version_list,
  key_version_get,
  provider_operations,
  subscription_list,
  subscription_get,
  location_list,
  group_list,
  group_get,
  group_put,
  role_assignment_put,
  role_assignment_get,
  role_assignment_delete,
  role_assignment_list,
  role_definition_list,
  role_definition_get,
};
inline constexpr std::size_t operation_count = std::size_t(operation_id::role_definition_get) + 1;

// A row of the management plane's operation table: the same idea as protocol::operation.
struct operation {
  operation_id id;
  std::string_view name;  // of the audit log: "VaultPut"
  http_method method;
  std::string_view path;    // ".../vaults/{vault}/secrets/{name}"; a holder is named like the
                            // member of `request` that takes it
  std::string_view action;  // "Microsoft.KeyVault/vaults/write"; empty: any caller of the tenant
  protocol::effect effect;
  bool allowed_in_read_only;  // reads: nothing of a vault changes while it is failed over
  bool has_body = false;
};
[[nodiscard]] std::span<const operation> operations();
[[nodiscard]] const operation& row_of(operation_id id);

// Who an operation belongs to: each provider has api-versions of its own.
enum class provider : std::uint8_t { key_vault, authorization, resources };
[[nodiscard]] provider provider_of(const operation& op);
[[nodiscard]] std::string_view to_string(provider who);  // "Microsoft.KeyVault"

}  // namespace twinkeep::protocol::management
