#pragma once

#include <span>
#include <string_view>

#include "protocol/operations.hpp"
#include "protocol/vault.hpp"

// What access policies say, as data (CONTRACT 10, MANAGEMENT.md "Access policies").
namespace twinkeep::regions {

// Whether the policy's permissions are good for the operation, whoever it is for.
[[nodiscard]] bool policy_allows(const protocol::access_policy& policy,
                                 const protocol::operation& op);

// The permissions that an entry may name, lower case, "all" among them. `collection` is "keys",
// "secrets", "certificates" or "storage"; empty for others.
[[nodiscard]] std::span<const std::string_view> policy_permissions(std::string_view collection);

}  // namespace twinkeep::regions
