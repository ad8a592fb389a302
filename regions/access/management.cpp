#include "regions/access/management.hpp"

#include <algorithm>

#include "protocol/identifiers.hpp"
#include "regions/access/callers.hpp"
#include "regions/access/scope.hpp"

namespace twinkeep::regions {

namespace {

bool changes_assignments(std::string_view action) {
  return protocol::same_id(action, write_assignments) ||
         protocol::same_id(action, delete_assignments);
}

// Whether one of the roles that the caller has at the scope passes.
template <class Test>
bool has_role(std::string_view scope, const protocol::token::claims& caller,
              std::span<const protocol::role_assignment> assignments, const Test& passes) {
  return std::ranges::any_of(assignments, [&](const protocol::role_assignment& assigned) {
    if (!is_principal(assigned.principal_id, caller) || !covers(assigned.scope, scope)) {
      return false;
    }
    const auto* held = find_role(assigned.role_definition);
    return held != nullptr && passes(*held);
  });
}

}  // namespace

bool may_manage(std::string_view action, std::string_view scope,
                const protocol::token::claims& caller,
                std::span<const protocol::role_assignment> assignments,
                std::span<const std::string> owners) {
  const bool handing_out = changes_assignments(action);
  return is_among(owners, caller) || has_role(scope, caller, assignments, [&](const role& held) {
           return held.allows(action) && !(handing_out && held.hands_out_some);
         });
}

bool may_assign(std::string_view action, const role& handed_out, std::string_view scope,
                const protocol::token::claims& caller,
                std::span<const protocol::role_assignment> assignments,
                std::span<const std::string> owners) {
  if (!changes_assignments(action)) return false;
  return is_among(owners, caller) || has_role(scope, caller, assignments, [&](const role& held) {
           return held.allows(action) && (!held.hands_out_some || may_hand_out(handed_out));
         });
}

}  // namespace twinkeep::regions
