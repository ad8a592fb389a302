#include <map>
#include <set>

#include "protocol/http/target.hpp"
#include "protocol/management/route.hpp"
#include "support.hpp"

// The management plane's table, and which row a request is matched to.
namespace twinkeep::protocol::management {

namespace {

using enum operation_id;
using m = http_method;

constexpr std::string_view of_vaults = "api-version=2025-05-01";
constexpr std::string_view of_roles = "api-version=2022-04-01";
constexpr std::string_view of_groups = "api-version=2021-04-01";

outcome<request> find(m method, std::string_view text) {
  const auto target = http::parse_target(text);
  BOOST_REQUIRE_MESSAGE(target.ok(), text);
  return route(method, *target);
}

std::string text_of(const outcome<request>& found) {
  if (found) return std::string(found->op->name);
  return std::string(to_string(found.error().code)) + ": " + found.error().message;
}

struct expectation {
  m method;
  std::string path;
  std::string_view query;
  operation_id id;
};
const std::string vault =
    "/subscriptions/S/resourceGroups/G/providers/Microsoft.KeyVault/vaults/Vault1";
const std::string in_subscription = "/subscriptions/S/providers/Microsoft.KeyVault";
const std::string roles = "/providers/Microsoft.Authorization/roleAssignments";
const std::string guid = "cccccccc-0000-0000-0000-00000000000c";

const std::vector<expectation>& expectations() {
  static const std::vector<expectation> all{
      {m::put, vault, of_vaults, vault_put},
      {m::patch, vault, of_vaults, vault_patch},
      {m::get, vault, of_vaults, vault_get},
      {m::delete_, vault, of_vaults, vault_delete},
      {m::get, "/subscriptions/S/resourceGroups/G/providers/Microsoft.KeyVault/vaults", of_vaults,
       vault_list_by_group},
      {m::get, in_subscription + "/vaults", of_vaults, vault_list},
      {m::get, "/subscriptions/S/resources", of_groups, vault_resources},
      {m::get, in_subscription + "/deletedVaults", of_vaults, deleted_vault_list},
      {m::get, in_subscription + "/locations/eastus2/deletedVaults/Vault1", of_vaults,
       deleted_vault_get},
      {m::post, in_subscription + "/locations/eastus2/deletedVaults/Vault1/purge", of_vaults,
       deleted_vault_purge},
      {m::get, in_subscription + "/locations/eastus2/operationResults/x", of_vaults,
       operation_result},
      {m::post, in_subscription + "/checkNameAvailability", of_vaults, name_check},
      {m::get, "/subscriptions/S/resourceGroups/G/providers/Microsoft.KeyVault/managedHSMs",
       of_vaults, managed_hsm_list_by_group},
      {m::get, in_subscription + "/managedHSMs", of_vaults, managed_hsm_list},
      {m::get, in_subscription + "/deletedManagedHSMs", of_vaults, deleted_managed_hsm_list},
      {m::put, vault + "/accessPolicies/add", of_vaults, access_policy_add},
      {m::put, vault + "/accessPolicies/replace", of_vaults, access_policy_replace},
      {m::put, vault + "/accessPolicies/remove", of_vaults, access_policy_remove},
      {m::get, vault + "/privateLinkResources", of_vaults, private_link_resources},
      {m::get, vault + "/privateEndpointConnections", of_vaults, connection_list},
      {m::get, vault + "/privateEndpointConnections/c", of_vaults, connection_get},
      {m::put, vault + "/privateEndpointConnections/c", of_vaults, connection_put},
      {m::delete_, vault + "/privateEndpointConnections/c", of_vaults, connection_delete},
      {m::put, vault + "/secrets/s", of_vaults, secret_put},
      {m::patch, vault + "/secrets/s", of_vaults, secret_patch},
      {m::get, vault + "/secrets/s", of_vaults, secret_get},
      {m::get, vault + "/secrets", of_vaults, secret_list},
      {m::put, vault + "/keys/k", of_vaults, key_put},
      {m::get, vault + "/keys/k", of_vaults, key_get},
      {m::get, vault + "/keys", of_vaults, key_list},
      {m::get, vault + "/keys/k/versions", of_vaults, key_version_list},
      {m::get, vault + "/keys/k/versions/0123456789abcdef0123456789abcdef", of_vaults,
       key_version_get},
      {m::get, "/providers/Microsoft.KeyVault/operations", of_vaults, provider_operations},
      {m::get, "/subscriptions", of_groups, subscription_list},
      {m::get, "/subscriptions/S", of_groups, subscription_get},
      {m::get, "/subscriptions/S/locations", of_groups, location_list},
      {m::get, "/subscriptions/S/resourceGroups", of_groups, group_list},
      {m::get, "/subscriptions/S/resourceGroups/G", of_groups, group_get},
      {m::put, "/subscriptions/S/resourcegroups/G", of_groups, group_put},
      {m::put, "/subscriptions/S" + roles + "/" + guid, of_roles, role_assignment_put},
      {m::get, vault + roles + "/" + guid, of_roles, role_assignment_get},
      {m::delete_, vault + "/secrets/s" + roles + "/" + guid, of_roles, role_assignment_delete},
      {m::get, "/subscriptions/S/resourceGroups/G" + roles, of_roles, role_assignment_list},
      {m::get, vault + "/providers/Microsoft.Authorization/roleDefinitions", of_roles,
       role_definition_list},
      {m::get, "/subscriptions/S/providers/Microsoft.Authorization/roleDefinitions/" + guid,
       of_roles, role_definition_get},
  };
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(management_routes)

BOOST_AUTO_TEST_CASE(every_operation_has_a_row_a_name_and_a_route) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < operation_count; ++i) {
    BOOST_TEST(std::size_t(operations()[i].id) == i);
    BOOST_TEST(names.insert(operations()[i].name).second, operations()[i].name);
  }
  BOOST_TEST(operations().size() == operation_count);
  std::set<operation_id> reached;
  for (const auto& e : expectations()) {
    const auto found = find(e.method, e.path + "?" + std::string(e.query));
    BOOST_TEST(text_of(found) == row_of(e.id).name);
    reached.insert(e.id);
  }
  BOOST_TEST(reached.size() == operation_count);
}

// Nothing of a vault changes while it is failed over.
BOOST_AUTO_TEST_CASE(what_changes_a_vault_is_not_allowed_in_read_only_mode) {
  for (const auto& op : operations()) {
    BOOST_TEST(op.allowed_in_read_only == (op.effect != effect::mutate), op.name);
    if (!op.action.empty()) BOOST_TEST(op.action.starts_with("Microsoft."), op.action);
  }
}

// A holder that routing does not know would be a fixed word, which no client sends.
BOOST_AUTO_TEST_CASE(every_part_in_braces_is_taken_from_the_path) {
  struct {
    std::string_view holder, value;
    std::string request::*in;
  } const parts[] = {
      {"{scope}", "/subscriptions/S-2/resourceGroups/G-2", &request::scope},
      {"{sub}", "S-1", &request::subscription},
      {"{group}", "(My.Group)_1", &request::group},
      {"{vault}", "Vault1", &request::vault},
      {"{location}", "eastus2", &request::location},
      {"{name}", guid, &request::name},
      {"{version}", "0123456789abcdef0123456789ABCDEF", &request::version},
  };
  for (const auto& op : operations()) {
    std::string path(op.path);
    for (const auto& p : parts) {
      if (const auto at = path.find(p.holder); at != path.npos) {
        path.replace(at, p.holder.size(), p.value);
      }
    }
    BOOST_TEST(!test::has(path, "{"), path);
    const auto found =
        find(op.method, path + "?api-version=" + std::string(api_versions_of(op).back()));
    BOOST_TEST_REQUIRE(text_of(found) == op.name);
    for (const auto& p : parts) {
      const auto& taken = (*found).*p.in;
      BOOST_TEST(taken == (test::has(op.path, p.holder) ? p.value : ""), op.name);
    }
  }
}

BOOST_AUTO_TEST_CASE(fixed_words_have_no_case_and_names_keep_theirs) {
  const auto found = find(m::get,
                          "/SUBSCRIPTIONS/s-1/resourcegroups/My%20Group/PROVIDERS/"
                          "microsoft.keyvault/VAULTS/MyVault/?API-VERSION=2025-05-01");
  BOOST_REQUIRE_MESSAGE(found.ok(), text_of(found));
  BOOST_TEST((found->op->id == vault_get));
  BOOST_TEST(found->subscription == "s-1");
  BOOST_TEST(found->group == "My Group");
  BOOST_TEST(found->vault == "MyVault");
  BOOST_TEST(found->api_version == "2025-05-01");
  const auto role = find(m::get, "/" + vault + roles + "?" + std::string(of_roles));
  BOOST_REQUIRE_MESSAGE(role.ok(), text_of(role));
  BOOST_TEST(role->scope == vault);
  const auto purged = find(m::post, in_subscription +
                                        "/locations/East%20US%202/deletedVaults/Vault1/"
                                        "purge?" +
                                        std::string(of_vaults));
  BOOST_TEST(purged->location == "eastus2");
}

BOOST_AUTO_TEST_CASE(a_path_leads_back_to_its_request) {
  for (const auto& e : expectations()) {
    const auto found = find(e.method, e.path + "?" + std::string(e.query));
    BOOST_REQUIRE(found.ok());
    const auto again = find(e.method, path_of(*found) + "?" + std::string(e.query));
    BOOST_TEST(text_of(again) == text_of(found));
    BOOST_TEST(again->name == found->name);
    BOOST_TEST(again->scope == found->scope);
  }
}

BOOST_AUTO_TEST_CASE(what_no_operation_has_is_refused) {
  const auto refused = [](m method, const std::string& path, error_code code) {
    const auto found = find(method, path);
    BOOST_REQUIRE_MESSAGE(!found.ok(), path);
    BOOST_TEST((found.error().code == code), path << " is " << text_of(found));
  };
  const std::string version = "?" + std::string(of_vaults);
  refused(m::get, "/subscriptions/S/nothing" + version, error_code::invalid_resource_type);
  refused(m::get, vault + "/certificates/c" + version, error_code::invalid_resource_type);
  refused(m::post, vault + version, error_code::method_not_allowed);
  refused(m::get, vault, error_code::missing_api_version);
  refused(m::get, vault + "?api-version=2030-01-01", error_code::invalid_api_version);
  refused(m::get, vault + "?" + std::string(of_roles), error_code::invalid_api_version);
  refused(m::get, vault + "/secrets/a_b" + version, error_code::bad_request);
  refused(m::get, vault + "/keys/k/versions/xyz" + version, error_code::bad_request);
  refused(m::put, "/subscriptions/S" + roles + "/x?" + std::string(of_roles),
          error_code::bad_request);
  refused(m::put, vault + "-" + version, error_code::vault_name_not_valid);
  // A slash within a name would make another path of every id.
  refused(m::get, vault + "%2Fsecrets%2Fs" + version, error_code::invalid_resource_type);
  refused(m::get, "/%2Fsubscriptions%2FS" + roles + "?" + std::string(of_roles),
          error_code::invalid_resource_type);
  refused(m::get, "/subscriptions//providers/Microsoft.KeyVault/vaults" + version,
          error_code::invalid_resource_type);
  refused(m::get,
          "/subscriptions/S/resourceGroups/" + std::string(91, 'g') + "?" + std::string(of_groups),
          error_code::bad_request);
  for (const auto* bad : {"&$top=0", "&$top=x", "&$skiptoken=!"}) {
    refused(m::get, in_subscription + "/vaults" + version + bad, error_code::bad_request);
  }
}

BOOST_AUTO_TEST_CASE(a_method_that_a_path_lacks_is_told_apart_from_an_unknown_path) {
  for (const auto& e : expectations()) {
    for (const auto method : {m::get, m::put, m::patch, m::post, m::delete_}) {
      const auto has_it = [&](const operation& op) {
        return op.method == method && op.path == row_of(e.id).path;
      };
      const auto found = find(method, e.path + "?" + std::string(e.query));
      if (std::ranges::any_of(operations(), has_it)) {
        BOOST_TEST(found.ok(), text_of(found));
      } else {
        BOOST_TEST_REQUIRE(!found.ok(), e.path);
        BOOST_TEST((found.error().code == error_code::method_not_allowed), text_of(found));
        BOOST_TEST(test::has(found.error().message, to_string(method)), text_of(found));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(roles_are_given_at_scopes_of_every_width) {
  for (const auto* scope :
       {"", "/providers/Microsoft.Management/managementGroups/M", "/subscriptions/S",
        "/subscriptions/S/resourceGroups/G",
        "/subscriptions/S/resourceGroups/G/providers/Microsoft.KeyVault/vaults/V",
        "/subscriptions/S/resourceGroups/G/providers/Microsoft.KeyVault/vaults/V/keys/k"}) {
    const auto found = find(m::put, scope + roles + "/" + guid + "/?" + std::string(of_roles));
    BOOST_TEST_REQUIRE(text_of(found) == "RoleAssignmentPut", scope);
    BOOST_TEST(found->scope == scope);
    BOOST_TEST(found->name == guid);
    BOOST_TEST(found->subscription == "");
    BOOST_TEST(path_of(*found) == scope + roles + "/" + guid);
  }
}

BOOST_AUTO_TEST_CASE(lists_come_in_pages_and_others_do_not) {
  const std::set lists{vault_list_by_group,
                       vault_list,
                       vault_resources,
                       deleted_vault_list,
                       managed_hsm_list_by_group,
                       managed_hsm_list,
                       deleted_managed_hsm_list,
                       connection_list,
                       secret_list,
                       key_list,
                       key_version_list,
                       provider_operations,
                       subscription_list,
                       location_list,
                       group_list,
                       role_assignment_list,
                       role_definition_list,
                       private_link_resources};
  for (const auto& e : expectations()) {
    const auto found = find(
        e.method, e.path + "?$Top=7&$filter=a%20eq%20'b'&$skiptoken=eHk&" + std::string(e.query));
    BOOST_TEST_REQUIRE(found.ok(), text_of(found));
    const bool paged = lists.contains(e.id);
    BOOST_TEST(found->top.value_or(0) == (paged ? 7u : 0u), text_of(found));
    BOOST_TEST(found->filter == (paged ? "a eq 'b'" : ""), text_of(found));
    BOOST_TEST(found->skip_token == (paged ? "xy" : ""), text_of(found));
  }
}

BOOST_AUTO_TEST_CASE(each_provider_has_api_versions_of_its_own) {
  std::map<provider, std::set<std::string_view>> of;
  for (const auto& op : operations()) {
    const auto versions = api_versions_of(op);
    BOOST_TEST(std::ranges::is_sorted(versions), op.name);
    of[provider_of(op)].insert(versions.begin(), versions.end());
    BOOST_TEST(of[provider_of(op)].size() == versions.size(), op.name);
  }
  for (const auto& e : expectations()) {
    const auto own = provider_of(row_of(e.id));
    for (const auto& [who, versions] : of) {
      for (const auto version : versions) {
        const auto found = find(e.method, e.path + "?api-version=" + std::string(version));
        if (of[own].contains(version)) {
          BOOST_TEST(text_of(found) == row_of(e.id).name);
        } else {
          BOOST_TEST(text_of(found).starts_with("InvalidApiVersionParameter"), text_of(found));
        }
      }
    }
    for (const auto* query : {"", "?", "?api-version", "?api-version=", "?version=2025-05-01"}) {
      const auto found = find(e.method, e.path + query);
      BOOST_TEST(text_of(found).starts_with("MissingApiVersionParameter"), text_of(found));
    }
  }
  // What clients ask with: MANAGEMENT, and the generic list of resources in its "Operations".
  BOOST_TEST(of[provider::key_vault].contains("2023-07-01"));
  BOOST_TEST(of[provider::authorization].contains("2022-04-01"));
  BOOST_TEST(of[provider::resources].contains("2015-11-01"));
}

BOOST_AUTO_TEST_CASE(both_ends_of_the_accepted_versions_are_served) {
  for (const auto* version : {"2015-06-01", "2019-09-01", "2021-10-01", "2022-07-01", "2023-07-01",
                              "2024-12-01-preview", "2025-05-01", "2026-02-01"}) {
    BOOST_TEST(find(m::get, vault + "?api-version=" + version).ok(), version);
  }
  const auto preview = find(m::get, vault + "?api-version=2024-12-01-PREVIEW");
  BOOST_TEST_REQUIRE(preview.ok());
  BOOST_TEST(preview->api_version == "2024-12-01-preview");
  // The newest of another date is not taken for granted, and the refusal tells what is.
  const auto refused = find(m::get, vault + "?api-version=2026-02-02");
  BOOST_TEST_REQUIRE(!refused.ok());
  BOOST_TEST(refused.error().message.ends_with("2025-05-01, 2026-02-01."), refused.error().message);
  BOOST_TEST(!uses_roles_by_default("2015-06-01"));
  BOOST_TEST(!uses_roles_by_default("2024-12-01-preview"));
  BOOST_TEST(!uses_roles_by_default("2025-05-01"));
  BOOST_TEST(uses_roles_by_default("2026-02-01"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::management
