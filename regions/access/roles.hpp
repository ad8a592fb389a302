#pragma once

#include <span>
#include <string_view>

// Azure's built-in roles as data (MANAGEMENT.md, "Built-in roles"). There are no others.
namespace twinkeep::regions {

struct role {
  std::string_view id;    // GUID of the role definition
  std::string_view name;  // "Key Vault Secrets User"
  // Patterns; '*' stands for anything. Actions are those of the management plane, data actions are
  // written as in the operation table, without "Microsoft.KeyVault/vaults/".
  std::span<const std::string_view> actions;
  std::span<const std::string_view> not_actions;
  std::span<const std::string_view> data_actions;
  // It may be assigned, and taken away, only what `may_hand_out` says.
  bool hands_out_some = false;

  // What a role does not say it takes nothing away from: another one may still allow it.
  [[nodiscard]] bool allows(std::string_view action) const;
  [[nodiscard]] bool allows_data(std::string_view data_action) const;
};

[[nodiscard]] std::span<const role> built_in_roles();
// By GUID, or by the resource id of the definition that ends with it; without case.
[[nodiscard]] const role* find_role(std::string_view id);
[[nodiscard]] const role* find_role_by_name(std::string_view name);  // without case
// The roles that Key Vault Data Access Administrator may assign and take away.
[[nodiscard]] bool may_hand_out(const role& handed_out);

// Whether '*' can stand for something that makes the pattern the text; without case.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view text);

}  // namespace twinkeep::regions
