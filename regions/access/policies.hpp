#pragma once

#include "protocol/operations.hpp"
#include "protocol/vault.hpp"

// What access policies say, as data (CONTRACT 10, MANAGEMENT.md "Access policies").
namespace twinkeep::regions {

// Whether the policy's permissions are good for the operation, whoever it is for.
[[nodiscard]] bool policy_allows(const protocol::access_policy& policy,
                                 const protocol::operation& op);

}  // namespace twinkeep::regions
