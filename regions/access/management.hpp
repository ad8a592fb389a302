#pragma once

#include <span>
#include <string>
#include <string_view>

#include "protocol/token/token.hpp"
#include "protocol/vault.hpp"
#include "regions/access/roles.hpp"

// Who may do what on the management plane, by the same assignments as on the data plane: it knows
// roles alone, whatever a vault's own model is.
namespace twinkeep::regions {

inline constexpr std::string_view write_assignments =
    "Microsoft.Authorization/roleAssignments/write";
inline constexpr std::string_view delete_assignments =
    "Microsoft.Authorization/roleAssignments/delete";

// Whether the caller may do `action`, such as "Microsoft.KeyVault/vaults/write", to the resource
// whose id `scope` is. `owners` may do everything. A role that may only hand out some roles counts
// for reads alone here: for the two actions above this asks after an unrestricted right, which is
// what changing a vault's permission model takes.
[[nodiscard]] bool may_manage(std::string_view action, std::string_view scope,
                              const protocol::token::claims& caller,
                              std::span<const protocol::role_assignment> assignments,
                              std::span<const std::string> owners);

// Whether the caller may assign `handed_out` at `scope`, or take it away there: `action` is one of
// the two above.
[[nodiscard]] bool may_assign(std::string_view action, const role& handed_out,
                              std::string_view scope, const protocol::token::claims& caller,
                              std::span<const protocol::role_assignment> assignments,
                              std::span<const std::string> owners);

}  // namespace twinkeep::regions
