#include <algorithm>

#include "protocol/ascii.hpp"
#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"
#include "protocol/management/stored.hpp"
#include "regions/access/roles.hpp"
#include "regions/registry/changes.hpp"

// Role assignments (Microsoft.Authorization, api-version 2022-04-01).
namespace twinkeep::regions::registry {

using protocol::join;
using protocol::lower;
using protocol::ascii::equal_ignoring_case;

registry_decision put_assignment(const registry_state& registry, const registry_request& request,
                                 const management::request& asked,
                                 const registry_context& context) {
  const auto& input = std::get<management::role_assignment_input>(asked.body);
  if (find_role(input.role_definition) == nullptr) {
    return refuse(error_code::role_definition_not_found,
                  join({"The specified role definition with ID '", input.role_definition,
                        "' does not exist."}));
  }
  protocol::role_assignment made;
  made.name = lower(asked.name);
  made.scope = asked.scope;
  made.role_definition = lower(input.role_definition);
  made.principal_id = input.principal_id;
  made.principal_type = input.principal_type;
  made.created = trace_of(request, context);
  for (const auto& [name, other] : registry.assignments) {
    const bool is_same = equal_ignoring_case(other->scope, made.scope) &&
                         other->role_definition == made.role_definition &&
                         equal_ignoring_case(other->principal_id, made.principal_id);
    if (is_same && name == made.name) return {registry_answer{nullptr, other}, {}};
    if (is_same || name == made.name) {
      return refuse(error_code::role_assignment_exists, "The role assignment already exists.");
    }
  }
  plain_record kept{join({assignment_prefix, made.name}), false,
                    management::store_role_assignment(made)};
  registry_answer answer;
  answer.created = true;
  answer.assignment = std::make_shared<const protocol::role_assignment>(std::move(made));
  return record(registry, context, std::move(answer), {std::move(kept)});
}

registry_decision delete_assignment(const registry_state& registry,
                                    const management::request& asked,
                                    const registry_context& context) {
  const auto it = registry.assignments.find(lower(asked.name));
  registry_answer answer;
  const bool is_there =
      it != registry.assignments.end() && equal_ignoring_case(it->second->scope, asked.scope);
  if (!is_there) {
    answer.absent = true;
    return {std::move(answer), {}};
  }
  answer.assignment = it->second;
  return record(registry, context, std::move(answer), {removal(assignment_prefix, it->first)});
}

}  // namespace twinkeep::regions::registry
