#include "regions/access/management.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "regions/access/scope.hpp"
#include "tests/access/kit.hpp"

namespace twinkeep::access_tests {

namespace {

constexpr std::string_view vault_read = "Microsoft.KeyVault/vaults/read";
constexpr std::string_view vault_write = "Microsoft.KeyVault/vaults/write";
constexpr std::string_view vault_delete = "Microsoft.KeyVault/vaults/delete";
constexpr std::string_view policies_write = "Microsoft.KeyVault/vaults/accessPolicies/write";
constexpr std::string_view secret_read = "Microsoft.KeyVault/vaults/secrets/read";
constexpr std::string_view secret_write = "Microsoft.KeyVault/vaults/secrets/write";
constexpr std::string_view deleted_read = "Microsoft.KeyVault/locations/deletedVaults/read";
constexpr std::string_view deleted_purge =
    "Microsoft.KeyVault/locations/deletedVaults/purge/action";
constexpr std::string_view check_name = "Microsoft.KeyVault/checkNameAvailability/read";
constexpr std::string_view assignments_read = "Microsoft.Authorization/roleAssignments/read";

using actions = std::set<std::string_view>;
const actions asked{vault_read,
                    vault_write,
                    vault_delete,
                    policies_write,
                    secret_read,
                    secret_write,
                    deleted_read,
                    deleted_purge,
                    check_name,
                    assignments_read,
                    regions::write_assignments,
                    regions::delete_assignments};
const actions reads{vault_read, secret_read, deleted_read, check_name, assignments_read};
const actions nothing;
// What contributors may do besides reading; who purges is another one for Key Vault's own.
actions and_writes(actions more) {
  more.insert(reads.begin(), reads.end());
  more.insert({vault_write, vault_delete, policies_write, secret_write});
  return more;
}

const std::map<std::string_view, actions> expected{
    {"Key Vault Administrator", reads},
    {"Key Vault Reader", reads},
    {"Key Vault Secrets Officer", reads},
    {"Key Vault Secrets User", nothing},
    {"Key Vault Crypto Officer", reads},
    {"Key Vault Crypto User", nothing},
    {"Key Vault Crypto Service Encryption User", nothing},
    {"Key Vault Crypto Service Release User", nothing},
    {"Key Vault Certificates Officer", reads},
    {"Key Vault Certificate User", nothing},
    {"Key Vault Purge Operator", {deleted_read, deleted_purge}},
    {"Key Vault Data Access Administrator", {vault_read, secret_read, assignments_read}},
    {"Key Vault Contributor", and_writes({})},
    {"Owner", asked},
    {"Contributor", and_writes({deleted_purge})},
    {"Reader", reads},
    {"User Access Administrator",
     {vault_read, secret_read, deleted_read, check_name, assignments_read,
      regions::write_assignments, regions::delete_assignments}},
};

bool may(std::string_view action, std::string_view scope,
         const std::vector<protocol::role_assignment>& roles, const std::string& who = user) {
  return regions::may_manage(action, scope, caller(who), roles, {});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(management)

BOOST_AUTO_TEST_CASE(each_role_may_manage_what_it_says_and_nothing_else) {
  for (const auto& held : regions::built_in_roles()) {
    const auto row = expected.find(held.name);
    BOOST_REQUIRE_MESSAGE(row != expected.end(), held.name);
    const std::vector roles{assigned(held.name, in_subscription)};
    for (const auto action : asked) {
      BOOST_TEST(may(action, in_vault, roles) == row->second.contains(action),
                 held.name << " and " << action);
      BOOST_TEST(!may(action, in_vault, roles, stranger));
    }
  }
}

BOOST_AUTO_TEST_CASE(it_is_managed_at_the_scope_and_below) {
  const std::vector roles{assigned("Key Vault Contributor", in_group, group)};
  auto member = caller(user);
  member.groups = {group};
  const auto managed = [&](const std::string& scope) {
    return regions::may_manage("microsoft.keyvault/VAULTS/write", scope, member, roles, {});
  };
  BOOST_TEST(managed(in_vault));
  BOOST_TEST(managed(in_group));
  BOOST_TEST(!managed(in_subscription));
  BOOST_TEST(!managed(in_group + "2"));
  BOOST_TEST(!managed(""));
}

BOOST_AUTO_TEST_CASE(owners_of_the_configuration_may_do_everything_and_nobody_is_none) {
  const std::vector<std::string> owners{app, ""};
  for (const auto action : asked) {
    BOOST_TEST(regions::may_manage(action, in_vault, caller(stranger), {}, owners));
    BOOST_TEST(!regions::may_manage(action, in_vault, {}, {}, owners));
    BOOST_TEST(!regions::may_manage(action, in_vault, caller(user), {}, {}));
  }
  BOOST_TEST(regions::may_assign(regions::write_assignments, *regions::find_role_by_name("Owner"),
                                 in_vault, caller(user), {}, owners));
}

// What one role takes away it does not take from another one.
BOOST_AUTO_TEST_CASE(roles_add_up) {
  const std::vector both{assigned("Contributor", in_subscription),
                         assigned("User Access Administrator", in_group)};
  BOOST_TEST(may(regions::write_assignments, in_vault, both));
  BOOST_TEST(!may(regions::write_assignments, in_subscription, both));
}

BOOST_AUTO_TEST_CASE(who_hands_out_some_roles_hands_out_these_alone) {
  const std::set<std::string_view> handed_out{
      "Key Vault Administrator",   "Key Vault Certificates Officer",
      "Key Vault Crypto Officer",  "Key Vault Crypto Service Encryption User",
      "Key Vault Crypto User",     "Key Vault Reader",
      "Key Vault Secrets Officer", "Key Vault Secrets User"};
  const std::vector limited{assigned("Key Vault Data Access Administrator", in_group)};
  const std::vector unlimited{assigned("User Access Administrator", in_group)};
  for (const auto& role : regions::built_in_roles()) {
    for (const auto action : {regions::write_assignments, regions::delete_assignments}) {
      const auto hands_out = [&](const auto& roles, const std::string& scope) {
        return regions::may_assign(action, role, scope, caller(user), roles, {});
      };
      BOOST_TEST(hands_out(limited, in_vault) == handed_out.contains(role.name), role.name);
      BOOST_TEST(hands_out(unlimited, in_vault), role.name);
      BOOST_TEST(!hands_out(limited, in_subscription), role.name);
    }
    BOOST_TEST(!regions::may_assign(vault_read, role, in_vault, caller(user), unlimited, {}));
  }
}

BOOST_AUTO_TEST_CASE(roles_are_found_by_id_and_by_name) {
  for (const auto& role : regions::built_in_roles()) {
    BOOST_TEST(regions::find_role(role.id) == &role);
    const auto definition = in_subscription + "/providers/Microsoft.Authorization/roleDefinitions/";
    BOOST_TEST(regions::find_role(definition + std::string(role.id)) == &role);
    BOOST_TEST(regions::find_role_by_name(protocol::lower(role.name)) == &role);
    BOOST_TEST(role.id.size() == 36u);
  }
  for (const auto* none : {"", "/", "Owner", "00000000-0000-0000-0000-000000000000"}) {
    BOOST_TEST(regions::find_role(none) == nullptr, none);
  }
}

BOOST_AUTO_TEST_CASE(a_star_stands_for_anything_and_nothing_else_does) {
  for (const auto& [pattern, text] :
       std::vector<std::pair<std::string, std::string>>{{"*", ""},
                                                        {"*", "a/b"},
                                                        {"*/read", "a/b/READ"},
                                                        {"a/*", "a/b/c"},
                                                        {"a/*/c", "a/b/b/c"},
                                                        {"a/*/c", "a/c/c"},
                                                        {"*a*b*", "xaybz"},
                                                        {"**", "x"},
                                                        {"a", "A"},
                                                        {"", ""},
                                                        {"*ab", "aab"}}) {
    BOOST_TEST(regions::matches(pattern, text), pattern << " and " << text);
  }
  for (const auto& [pattern, text] :
       std::vector<std::pair<std::string, std::string>>{{"", "a"},
                                                        {"a", ""},
                                                        {"a", "ab"},
                                                        {"ab", "a"},
                                                        {"*/read", "read"},
                                                        {"a/*", "a"},
                                                        {"a/*/c", "a/c"},
                                                        {"*a*b", "ba"},
                                                        {"*/read", "a/reader"},
                                                        {"a.c", "abc"}}) {
    BOOST_TEST(!regions::matches(pattern, text), pattern << " and " << text);
  }
}

BOOST_AUTO_TEST_CASE(scopes_are_taken_apart) {
  const auto text = in_vault + "/Keys/k-1/";
  const auto object = regions::parse_scope(text);
  BOOST_REQUIRE(object.has_value());
  BOOST_TEST(object->subscription == subscription);
  BOOST_TEST(object->resource_group == "Team");
  BOOST_TEST(object->vault == "Demo");
  BOOST_TEST((object->kind == object_kind::key));
  BOOST_TEST(object->object == "k-1");
  BOOST_TEST(regions::parse_scope(in_vault)->object.empty());
  BOOST_TEST(regions::parse_scope(in_group)->vault.empty());
  BOOST_TEST(regions::parse_scope(in_subscription)->resource_group.empty());
  for (const auto& other :
       {std::string(), std::string("/"), std::string("/subscriptions"),
        std::string("/subscriptions//resourceGroups/g"), in_group + "/providers",
        in_group + "/providers/Microsoft.Storage/vaults/demo", in_vault + "/secrets",
        in_vault + "/storage/a", in_vault + "/secrets/a/b", in_vault + "/secrets/a b",
        in_subscription + "x/groups/g", in_vault.substr(1)}) {
    BOOST_TEST(!regions::parse_scope(other).has_value(), other);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::access_tests
