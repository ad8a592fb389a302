#include "regions/access/roles.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "protocol/identifiers.hpp"

namespace twinkeep::regions {

namespace {

using pattern = std::string_view;

// The common reads. Azure writes the second of the vault lines alone and shows the vault itself to
// those roles nevertheless.
constexpr std::array common = std::to_array<pattern>({
    "Microsoft.KeyVault/checkNameAvailability/read",
    "Microsoft.KeyVault/deletedVaults/read",
    "Microsoft.KeyVault/locations/*/read",
    "Microsoft.KeyVault/vaults/read",
    "Microsoft.KeyVault/vaults/*/read",
    "Microsoft.KeyVault/operations/read",
    "Microsoft.Authorization/*/read",
    "Microsoft.Insights/alertRules/*",
    "Microsoft.Resources/deployments/*",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Support/*",
});
constexpr std::array everything = std::to_array<pattern>({"*"});
constexpr std::array every_read = std::to_array<pattern>({"*/read"});
constexpr std::array contributor_not = std::to_array<pattern>({
    "Microsoft.Authorization/*/Delete",
    "Microsoft.Authorization/*/Write",
    "Microsoft.Authorization/elevateAccess/Action",
});
constexpr std::array user_access = std::to_array<pattern>({
    "*/read",
    "Microsoft.Authorization/*",
    "Microsoft.Support/*",
});
constexpr std::array vault_contributor = std::to_array<pattern>({
    "Microsoft.KeyVault/*",
    "Microsoft.Authorization/*/read",
    "Microsoft.Insights/alertRules/*",
    "Microsoft.Resources/deployments/*",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Support/*",
});
constexpr std::array vault_contributor_not = std::to_array<pattern>({
    "Microsoft.KeyVault/locations/deletedVaults/purge/action",
    "Microsoft.KeyVault/hsmPools/*",
    "Microsoft.KeyVault/managedHsms/*",
});
constexpr std::array data_access = std::to_array<pattern>({
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/roleAssignments/delete",
    "Microsoft.Authorization/*/read",
    "Microsoft.Resources/deployments/*",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Resources/subscriptions/read",
    "Microsoft.Management/managementGroups/read",
    "Microsoft.Support/*",
    "Microsoft.KeyVault/vaults/read",
    "Microsoft.KeyVault/vaults/*/read",
});
constexpr std::array purge = std::to_array<pattern>({
    "Microsoft.KeyVault/deletedVaults/read",
    "Microsoft.KeyVault/locations/deletedVaults/read",
    "Microsoft.KeyVault/locations/deletedVaults/purge/action",
    "Microsoft.KeyVault/locations/operationResults/read",
});
constexpr std::array event_subscriptions = std::to_array<pattern>({
    "Microsoft.EventGrid/eventSubscriptions/read",
    "Microsoft.EventGrid/eventSubscriptions/write",
    "Microsoft.EventGrid/eventSubscriptions/delete",
});

constexpr std::array reader_data =
    std::to_array<pattern>({"*/read", "secrets/readMetadata/action"});
constexpr std::array secrets_officer = std::to_array<pattern>({"secrets/*"});
constexpr std::array secrets_user =
    std::to_array<pattern>({"secrets/getSecret/action", "secrets/readMetadata/action"});
constexpr std::array crypto_officer = std::to_array<pattern>({"keys/*", "keyrotationpolicies/*"});
constexpr std::array crypto_user = std::to_array<pattern>({
    "keys/read",
    "keys/update/action",
    "keys/backup/action",
    "keys/encrypt/action",
    "keys/decrypt/action",
    "keys/wrap/action",
    "keys/unwrap/action",
    "keys/sign/action",
    "keys/verify/action",
});
constexpr std::array encryption_user =
    std::to_array<pattern>({"keys/read", "keys/wrap/action", "keys/unwrap/action"});
constexpr std::array release_user = std::to_array<pattern>({"keys/release/action"});
constexpr std::array certificates_officer =
    std::to_array<pattern>({"certificatecas/*", "certificates/*", "certificatecontacts/write"});
constexpr std::array certificate_user = std::to_array<pattern>({
    "certificates/read",
    "secrets/getSecret/action",
    "secrets/readMetadata/action",
    "keys/read",
});

constexpr std::string_view administrator_id = "00482a5a-887f-4fb3-b363-3b7fe8e74483";
constexpr std::string_view reader_id = "21090545-7ca7-4776-b22c-e363652d74d2";
constexpr std::string_view secrets_officer_id = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";
constexpr std::string_view secrets_user_id = "4633458b-17de-408a-b874-0445c86b69e6";
constexpr std::string_view crypto_officer_id = "14b46e9e-c2b7-41b4-b07b-48a6ebf60603";
constexpr std::string_view crypto_user_id = "12338af0-0e69-4776-bea7-57ae8d297424";
constexpr std::string_view encryption_user_id = "e147488a-f6f5-4113-8e2d-b22465e65bf6";
constexpr std::string_view certificates_officer_id = "a4417e6f-fecd-4de8-b567-7b0420556985";

constexpr std::array roles = std::to_array<role>({
    {administrator_id, "Key Vault Administrator", common, {}, everything},
    {reader_id, "Key Vault Reader", common, {}, reader_data},
    {secrets_officer_id, "Key Vault Secrets Officer", common, {}, secrets_officer},
    {secrets_user_id, "Key Vault Secrets User", {}, {}, secrets_user},
    {crypto_officer_id, "Key Vault Crypto Officer", common, {}, crypto_officer},
    {crypto_user_id, "Key Vault Crypto User", {}, {}, crypto_user},
    {encryption_user_id,
     "Key Vault Crypto Service Encryption User",
     event_subscriptions,
     {},
     encryption_user},
    {"08bbd89e-9f13-488c-ac41-acfcb10c90ab",
     "Key Vault Crypto Service Release User",
     {},
     {},
     release_user},
    {certificates_officer_id, "Key Vault Certificates Officer", common, {}, certificates_officer},
    {"db79e9a7-68ee-4b58-9aeb-b90e7c24fcba",
     "Key Vault Certificate User",
     {},
     {},
     certificate_user},
    {"a68e7c17-0ab2-4c09-9a58-125dae29748c", "Key Vault Purge Operator", purge, {}, {}},
    {"8b54135c-b56d-4d72-a534-26097cfdc8d8",
     "Key Vault Data Access Administrator",
     data_access,
     {},
     {},
     true},
    {"f25e0fa2-a7c8-4377-a976-54943a77a395",
     "Key Vault Contributor",
     vault_contributor,
     vault_contributor_not,
     {}},
    {"8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", everything, {}, {}},
    {"b24988ac-6180-42a0-ab88-20f7382dd24c", "Contributor", everything, contributor_not, {}},
    {"acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", every_read, {}, {}},
    {"18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "User Access Administrator", user_access, {}, {}},
});

// The condition of Key Vault Data Access Administrator (MANAGEMENT.md).
constexpr std::array handed_out_ids = {
    administrator_id,   certificates_officer_id, crypto_officer_id,
    encryption_user_id, crypto_user_id,          reader_id,
    secrets_officer_id, secrets_user_id,
};

bool any_matches(std::span<const std::string_view> patterns, std::string_view text) {
  return std::ranges::any_of(patterns, [&](auto p) { return matches(p, text); });
}

}  // namespace

bool role::allows(std::string_view action) const {
  return any_matches(actions, action) && !any_matches(not_actions, action);
}

bool role::allows_data(std::string_view data_action) const {
  return any_matches(data_actions, data_action);
}

std::span<const role> built_in_roles() {
  return roles;
}

const role* find_role(std::string_view id) {
  const auto guid = id.substr(id.rfind('/') + 1);
  const auto* found =
      std::ranges::find_if(roles, [&](const role& r) { return protocol::same_id(r.id, guid); });
  return found == roles.end() ? nullptr : found;
}

const role* find_role_by_name(std::string_view name) {
  const auto* found =
      std::ranges::find_if(roles, [&](const role& r) { return protocol::same_id(r.name, name); });
  return found == roles.end() ? nullptr : found;
}

bool may_hand_out(const role& handed_out) {
  return std::ranges::find(handed_out_ids, handed_out.id) != handed_out_ids.end();
}

// Greedy with one place to come back to: after the last star everything before it is settled.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t after_star = std::string_view::npos;
  std::size_t starred = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      starred = t;
    } else if (protocol::same_id(pattern.substr(std::min(p, pattern.size()), 1),
                                 text.substr(t, 1))) {
      ++p;
      ++t;
    } else if (after_star != std::string_view::npos) {
      p = after_star;
      t = ++starred;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace twinkeep::regions
