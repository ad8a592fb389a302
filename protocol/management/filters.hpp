#pragma once

#include <string>
#include <string_view>

#include "protocol/management/errors.hpp"

// What lists take as $filter. An empty filter chooses everything; one that is not understood is
// refused, because a list that ignored it would show what was not asked for.
namespace twinkeep::protocol::management {

// Of role assignments: "atScope()", "principalId eq 'P'", "assignedTo('P')", and these joined by
// "and".
struct assignment_filter {
  bool at_scope = false;     // not those below the scope
  std::string principal_id;  // empty: of everybody
  bool with_groups = false;  // assignedTo: also what the principal has through groups
};
[[nodiscard]] outcome<assignment_filter> parse_assignment_filter(std::string_view filter);

// Of role definitions: "roleName eq 'N'", "atScopeAndBelow()", "type eq 'BuiltInRole'", joined by
// "and". There are only built-in roles.
struct definition_filter {
  std::string role_name;  // empty: all
  bool built_in = true;   // false: asks for roles of another type, of which there are none
};
[[nodiscard]] outcome<definition_filter> parse_definition_filter(std::string_view filter);

// Of the generic list of resources: "resourceType eq 'T'", "name eq 'N'", "location eq 'L'",
// joined by "and".
struct resource_filter {
  bool vaults = true;    // false: asks for resources of another type
  std::string name;      // empty: all
  std::string location;  // canonical; empty: all
};
[[nodiscard]] outcome<resource_filter> parse_resource_filter(std::string_view filter);

}  // namespace twinkeep::protocol::management
