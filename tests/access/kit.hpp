#pragma once

#include <boost/test/unit_test.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "regions/access/access_rules.hpp"

namespace twinkeep::access_tests {

using protocol::object_kind;
using protocol::operation_id;
using protocol::row_of;
using regions::access_rules;
using regions::access_rules_ptr;

inline const std::string user = "0e1d2c3b-0000-4000-8000-00000000000a";
inline const std::string group = "0e1d2c3b-0000-4000-8000-00000000000b";
inline const std::string app = "0e1d2c3b-0000-4000-8000-0000000000cc";
inline const std::string stranger = "0e1d2c3b-0000-4000-8000-0000000000ff";
inline const std::string tenant = "7e1d2c3b-0000-4000-8000-000000000001";

inline const std::string subscription = "11111111-0000-4000-8000-000000000001";
inline const std::string in_subscription = "/subscriptions/" + subscription;
inline const std::string in_group = in_subscription + "/resourceGroups/Team";
inline const std::string in_vault = in_group + "/providers/Microsoft.KeyVault/vaults/Demo";

inline const regions::admission_facts facts{"demo", "eastus2", "eastus2", 1};

// The vault at `in_vault`.
[[nodiscard]] protocol::vault_resource vault(bool by_roles);
[[nodiscard]] protocol::token::claims caller(const std::string& object_id);
[[nodiscard]] protocol::role_assignment assigned(std::string_view role_name, std::string scope,
                                                 std::string principal = user);

// By the rules of a vault of roles.
[[nodiscard]] access_rules_ptr rules_of(std::vector<protocol::role_assignment> assignments);
// By the rules of a vault of policies.
[[nodiscard]] access_rules_ptr rules_of(std::vector<protocol::access_policy> policies);

[[nodiscard]] bool allowed(const access_rules& rules, const protocol::operation& op,
                           const protocol::token::claims& who, std::string_view object = "a");
[[nodiscard]] bool allowed(const access_rules& rules, operation_id op,
                           const protocol::token::claims& who, std::string_view object = "a");

// CONTRACT 10, a row an operation, written out once more: the operation's name in the audit log,
// the kind and the permission of access policies, the data action.
struct contract_row {
  std::string_view name, kind, permission, action;
};
[[nodiscard]] std::span<const contract_row> contract();
[[nodiscard]] const contract_row& contract_of(const protocol::operation& op);

}  // namespace twinkeep::access_tests
