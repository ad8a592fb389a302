#include "protocol/management/filters.hpp"

#include "support.hpp"

namespace twinkeep::protocol::management {

namespace {

// What a list was asked for, or the refusal's code.
std::string assignments(std::string_view filter) {
  const auto read = parse_assignment_filter(filter);
  if (!read) return std::string(to_string(read.error().code));
  return read->principal_id + (read->at_scope ? " at scope" : "") +
         (read->with_groups ? " with groups" : "");
}
std::string definitions(std::string_view filter) {
  const auto read = parse_definition_filter(filter);
  if (!read) return std::string(to_string(read.error().code));
  return read->role_name + (read->built_in ? "" : " of another type");
}
std::string resources(std::string_view filter) {
  const auto read = parse_resource_filter(filter);
  if (!read) return std::string(to_string(read.error().code));
  return (read->vaults ? "vaults " : "others ") + read->name + '/' + read->location;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(management_filters)

BOOST_AUTO_TEST_CASE(assignments_are_chosen_by_principal_and_scope) {
  BOOST_TEST(assignments("") == "");
  BOOST_TEST(assignments("  ") == "");
  BOOST_TEST(assignments("atScope()") == " at scope");
  BOOST_TEST(assignments("ATSCOPE( )") == " at scope");
  BOOST_TEST(assignments("principalId eq 'p'") == "p");
  BOOST_TEST(assignments("principalId EQ 'p'") == "p");
  BOOST_TEST(assignments("assignedTo('p')") == "p with groups");
  BOOST_TEST(assignments("atScope() and assignedTo( 'p' )") == "p at scope with groups");
  BOOST_TEST(assignments(" principalId  eq  'p' AND atScope() ") == "p at scope");
}

BOOST_AUTO_TEST_CASE(definitions_are_chosen_by_name) {
  BOOST_TEST(definitions("roleName eq 'Key Vault Reader'") == "Key Vault Reader");
  BOOST_TEST(definitions("roleName eq 'It''s'") == "It's");
  BOOST_TEST(definitions("roleName eq ''''") == "'");
  BOOST_TEST(definitions("atScopeAndBelow() and type eq 'builtinrole'") == "");
  BOOST_TEST(definitions("type eq 'CustomRole'") == " of another type");
}

BOOST_AUTO_TEST_CASE(resources_are_chosen_by_type_name_and_location) {
  BOOST_TEST(resources("resourceType eq 'Microsoft.KeyVault/vaults'") == "vaults /");
  BOOST_TEST(resources("resourceType eq 'microsoft.keyvault/VAULTS' and location eq 'East US 2'") ==
             "vaults /eastus2");
  BOOST_TEST(resources("resourceType eq 'Microsoft.Storage/storageAccounts'") == "others /");
  BOOST_TEST(resources("name eq 'v'") == "vaults v/");
}

// A list that ignored what it does not understand would show what was not asked for.
BOOST_AUTO_TEST_CASE(what_is_not_understood_is_refused) {
  for (const auto* filter : {"x",
                             "principalId",
                             "principalId eq",
                             "principalId eq p",
                             "principalId eq 'p",
                             "principalId eq p'",
                             "principalId ne 'p'",
                             "principalId eq 'p' or atScope()",
                             "principalId eq 'p' and",
                             "principalId eq 'p' atScope()",
                             "and",
                             "atScope",
                             "atScope(",
                             "atScope('x')",
                             "assignedTo()",
                             "assignedTo('p'",
                             "(atScope())",
                             "roleName eq 'p'",
                             "principalId('p')",
                             "\xFF"}) {
    BOOST_TEST(assignments(filter) == "BadRequest", filter);
  }
  BOOST_TEST(definitions("principalId eq 'p'") == "BadRequest");
  BOOST_TEST(definitions("atScopeAndBelow('x')") == "BadRequest");
  BOOST_TEST(resources("tagName eq 'p'") == "BadRequest");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::management
