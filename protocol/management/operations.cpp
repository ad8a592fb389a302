#include "protocol/management/operations.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace twinkeep::protocol::management {

namespace {

using id = operation_id;
using m = http_method;
constexpr auto read = effect::read;
constexpr auto mutate = effect::mutate;

// THE management operation table. Paths and methods: MANAGEMENT, "Operations", and the REST
// reference of Microsoft.Authorization and Microsoft.Resources for what is not of Key Vault;
// actions: MANAGEMENT, "Built-in roles". Names are those of Azure's AuditEvent log where it has
// one, and always the row's own.
// A resource group is never made here: putting one answers as if it had been there before.
constexpr std::array table = std::to_array<operation>({
    // ---- vaults ----
    {id::vault_put, "VaultPut", m::put,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}",
     "Microsoft.KeyVault/vaults/write", mutate, false, true},
    {id::vault_patch, "VaultPatch", m::patch,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}",
     "Microsoft.KeyVault/vaults/write", mutate, false, true},
    {id::vault_get, "VaultGet", m::get,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}",
     "Microsoft.KeyVault/vaults/read", read, true, false},
    {id::vault_delete, "VaultDelete", m::delete_,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}",
     "Microsoft.KeyVault/vaults/delete", mutate, false, false},
    {id::vault_list_by_group, "VaultListByResourceGroup", m::get,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults",
     "Microsoft.KeyVault/vaults/read", read, true, false},
    {id::vault_list, "VaultList", m::get,
     "/subscriptions/{sub}/providers/Microsoft.KeyVault/vaults", "Microsoft.KeyVault/vaults/read",
     read, true, false},
    {id::vault_resources, "VaultListResources", m::get, "/subscriptions/{sub}/resources",
     "Microsoft.KeyVault/vaults/read", read, true, false},

    // ---- deleted vaults, and what becomes of a purge ----
    {id::deleted_vault_list, "VaultListDeleted", m::get,
     "/subscriptions/{sub}/providers/Microsoft.KeyVault/deletedVaults",
     "Microsoft.KeyVault/deletedVaults/read", read, true, false},
    {id::deleted_vault_get, "VaultGetDeleted", m::get,
     "/subscriptions/{sub}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{vault}",
     "Microsoft.KeyVault/locations/deletedVaults/read", read, true, false},
    {id::deleted_vault_purge, "VaultPurge", m::post,
     "/subscriptions/{sub}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{vault}/"
     "purge",
     "Microsoft.KeyVault/locations/deletedVaults/purge/action", mutate, false, false},
    {id::operation_result, "VaultOperationResultGet", m::get,
     "/subscriptions/{sub}/providers/Microsoft.KeyVault/locations/{location}/operationResults/"
     "{name}",
     "Microsoft.KeyVault/locations/operationResults/read", read, true, false},
    {id::name_check, "VaultCheckNameAvailability", m::post,
     "/subscriptions/{sub}/providers/Microsoft.KeyVault/checkNameAvailability",
     "Microsoft.KeyVault/checkNameAvailability/read", read, true, true},

    // ---- managed HSMs, of which there are none; tools list them beside vaults ----
    {id::managed_hsm_list_by_group, "ManagedHsmListByResourceGroup", m::get,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/managedHSMs",
     "Microsoft.KeyVault/managedHSMs/read", read, true, false},
    {id::managed_hsm_list, "ManagedHsmList", m::get,
     "/subscriptions/{sub}/providers/Microsoft.KeyVault/managedHSMs",
     "Microsoft.KeyVault/managedHSMs/read", read, true, false},
    {id::deleted_managed_hsm_list, "ManagedHsmListDeleted", m::get,
     "/subscriptions/{sub}/providers/Microsoft.KeyVault/deletedManagedHSMs",
     "Microsoft.KeyVault/deletedManagedHsms/read", read, true, false},

    // ---- access policies ----
    {id::access_policy_add, "VaultAccessPolicyAdd", m::put,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/"
     "accessPolicies/add",
     "Microsoft.KeyVault/vaults/accessPolicies/write", mutate, false, true},
    {id::access_policy_replace, "VaultAccessPolicyReplace", m::put,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/"
     "accessPolicies/replace",
     "Microsoft.KeyVault/vaults/accessPolicies/write", mutate, false, true},
    {id::access_policy_remove, "VaultAccessPolicyRemove", m::put,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/"
     "accessPolicies/remove",
     "Microsoft.KeyVault/vaults/accessPolicies/write", mutate, false, true},

    // ---- private endpoints ----
    {id::private_link_resources, "VaultPrivateLinkResourcesList", m::get,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/"
     "privateLinkResources",
     "Microsoft.KeyVault/vaults/privateLinkResources/read", read, true, false},
    {id::connection_list, "VaultPrivateEndpointConnectionList", m::get,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/"
     "privateEndpointConnections",
     "Microsoft.KeyVault/vaults/privateEndpointConnections/read", read, true, false},
    {id::connection_get, "VaultPrivateEndpointConnectionGet", m::get,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/"
     "privateEndpointConnections/{name}",
     "Microsoft.KeyVault/vaults/privateEndpointConnections/read", read, true, false},
    {id::connection_put, "VaultPrivateEndpointConnectionPut", m::put,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/"
     "privateEndpointConnections/{name}",
     "Microsoft.KeyVault/vaults/privateEndpointConnections/write", mutate, false, true},
    {id::connection_delete, "VaultPrivateEndpointConnectionDelete", m::delete_,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/"
     "privateEndpointConnections/{name}",
     "Microsoft.KeyVault/vaults/privateEndpointConnections/delete", mutate, false, false},

    // ---- a vault's secrets and keys as resources ----
    {id::secret_put, "VaultSecretPut", m::put,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/"
     "secrets/{name}",
     "Microsoft.KeyVault/vaults/secrets/write", mutate, false, true},
    {id::secret_patch, "VaultSecretPatch", m::patch,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/"
     "secrets/{name}",
     "Microsoft.KeyVault/vaults/secrets/write", mutate, false, true},
    {id::secret_get, "VaultSecretGet", m::get,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/"
     "secrets/{name}",
     "Microsoft.KeyVault/vaults/secrets/read", read, true, false},
    {id::secret_list, "VaultSecretList", m::get,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/"
     "secrets",
     "Microsoft.KeyVault/vaults/secrets/read", read, true, false},
    {id::key_put, "VaultKeyPut", m::put,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/keys/"
     "{name}",
     "Microsoft.KeyVault/vaults/keys/write", mutate, false, true},
    {id::key_get, "VaultKeyGet", m::get,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/keys/"
     "{name}",
     "Microsoft.KeyVault/vaults/keys/read", read, true, false},
    {id::key_list, "VaultKeyList", m::get,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/keys",
     "Microsoft.KeyVault/vaults/keys/read", read, true, false},
    {id::key_version_list, "VaultKeyVersionList", m::get,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/keys/"
     "{name}/versions",
     "Microsoft.KeyVault/vaults/keys/versions/read", read, true, false},
    {id::key_version_get, "VaultKeyVersionGet", m::get,
     "/subscriptions/{sub}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}/keys/"
     "{name}/versions/{version}",
     "Microsoft.KeyVault/vaults/keys/versions/read", read, true, false},

    // ---- what is around vaults ----
    {id::provider_operations, "ProviderOperationsList", m::get,
     "/providers/Microsoft.KeyVault/operations", "", read, true, false},
    {id::subscription_list, "SubscriptionList", m::get, "/subscriptions", "", read, true, false},
    {id::subscription_get, "SubscriptionGet", m::get, "/subscriptions/{sub}", "", read, true,
     false},
    {id::location_list, "LocationList", m::get, "/subscriptions/{sub}/locations", "", read, true,
     false},
    {id::group_list, "ResourceGroupList", m::get, "/subscriptions/{sub}/resourceGroups",
     "Microsoft.Resources/subscriptions/resourceGroups/read", read, true, false},
    {id::group_get, "ResourceGroupGet", m::get, "/subscriptions/{sub}/resourceGroups/{group}",
     "Microsoft.Resources/subscriptions/resourceGroups/read", read, true, false},
    {id::group_put, "ResourceGroupPut", m::put, "/subscriptions/{sub}/resourceGroups/{group}",
     "Microsoft.Resources/subscriptions/resourceGroups/write", read, true, false},

    // ---- roles ----
    {id::role_assignment_put, "RoleAssignmentPut", m::put,
     "{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
     "Microsoft.Authorization/roleAssignments/write", mutate, false, true},
    {id::role_assignment_get, "RoleAssignmentGet", m::get,
     "{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
     "Microsoft.Authorization/roleAssignments/read", read, true, false},
    {id::role_assignment_delete, "RoleAssignmentDelete", m::delete_,
     "{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
     "Microsoft.Authorization/roleAssignments/delete", mutate, false, false},
    {id::role_assignment_list, "RoleAssignmentList", m::get,
     "{scope}/providers/Microsoft.Authorization/roleAssignments",
     "Microsoft.Authorization/roleAssignments/read", read, true, false},
    {id::role_definition_list, "RoleDefinitionList", m::get,
     "{scope}/providers/Microsoft.Authorization/roleDefinitions",
     "Microsoft.Authorization/roleDefinitions/read", read, true, false},
    {id::role_definition_get, "RoleDefinitionGet", m::get,
     "{scope}/providers/Microsoft.Authorization/roleDefinitions/{name}",
     "Microsoft.Authorization/roleDefinitions/read", read, true, false},
});

constexpr bool in_enum_order() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (std::size_t(table[i].id) != i) return false;
  }
  return table.size() == operation_count;
}
static_assert(in_enum_order(), "the table is indexed by the enumeration");

constexpr bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Who serves a path, and how the actions on it begin. Indexed by the enumeration.
struct provider_row {
  provider who;
  std::string_view name;
  std::string_view in_path;
  std::string_view action_prefix;
};
constexpr std::array providers = std::to_array<provider_row>({
    {provider::key_vault, "Microsoft.KeyVault", "/providers/Microsoft.KeyVault/",
     "Microsoft.KeyVault/"},
    {provider::authorization, "Microsoft.Authorization", "/providers/Microsoft.Authorization/",
     "Microsoft.Authorization/"},
    // Whatever is left.
    {provider::resources, "Microsoft.Resources", "/subscriptions", "Microsoft."},
});
static_assert(std::ranges::equal(providers,
                                 std::array{provider::key_vault, provider::authorization,
                                            provider::resources},
                                 {}, &provider_row::who));

constexpr const provider_row& owner_of(const operation& op) {
  for (const auto& row : providers) {
    if (contains(op.path, row.in_path)) return row;
  }
  return providers.back();
}

// What ends the action of a row, by what the row does.
constexpr bool action_fits(const operation& row) {
  if (row.action.empty()) return row.effect == effect::read;
  if (!row.action.starts_with(owner_of(row).action_prefix)) return false;
  if (row.id == id::group_put) return row.action.ends_with("/write");
  if (row.effect == effect::read) return row.action.ends_with("/read");
  if (row.method == m::delete_) return row.action.ends_with("/delete");
  return row.action.ends_with(row.method == m::post ? "/action" : "/write");
}

constexpr bool row_is_consistent(const operation& row) {
  const bool rooted = row.path.starts_with('/') || row.path.starts_with("{scope}/");
  const bool sends = row.method != m::get && row.method != m::delete_;
  return !row.name.empty() && rooted && action_fits(row) && (sends || !row.has_body) &&
         (row.method != m::get || row.effect == effect::read) &&
         // Nothing changes while a vault is failed over, and reading goes on.
         row.allowed_in_read_only == (row.effect == effect::read);
}

constexpr bool rows_are_consistent() {
  for (const auto& row : table) {
    if (!row_is_consistent(row)) return false;
  }
  return true;
}
static_assert(rows_are_consistent());

}  // namespace

std::span<const operation> operations() {
  return table;
}

const operation& row_of(operation_id wanted) {
  return table.at(std::size_t(wanted));
}

provider provider_of(const operation& op) {
  return owner_of(op).who;
}

std::string_view to_string(provider who) {
  return providers.at(std::size_t(who)).name;
}

}  // namespace twinkeep::protocol::management
