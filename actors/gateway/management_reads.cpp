#include "actors/gateway/management_reads.hpp"

#include <algorithm>

#include "protocol/ascii.hpp"
#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"
#include "protocol/management/filters.hpp"
#include "regions/access/roles.hpp"
#include "regions/access/scope.hpp"
#include "regions/registry/private_endpoints.hpp"

namespace twinkeep::actors {

namespace management = protocol::management;
using management::error_code;
using protocol::join;
using protocol::ascii::equal_ignoring_case;

namespace {

constexpr std::string_view read_vaults = "Microsoft.KeyVault/vaults/read";

answer refuse(error_code code, std::string message) {
  return management_refusal({code, std::move(message)});
}

std::string id_of(const management_view& view, const protocol::vault_resource& vault) {
  return management::vault_id(view.topology.subscription, vault);
}

// ---- pages ----

constexpr unsigned page_size = 1000;

// The part of `all`, which is sorted by `key`, that the request asks for, and where it goes on.
template <class Item, class Key>
std::string cut_page(std::vector<Item>& all, const management::request& asked, Key key) {
  const auto start = std::ranges::upper_bound(all, asked.skip_token, {}, key);
  all.erase(all.begin(), asked.skip_token.empty() ? all.begin() : start);
  const std::size_t size = std::clamp(asked.top.value_or(page_size), 1U, page_size);
  if (all.size() <= size) return {};
  all.resize(size);
  return key(all.back());
}

using vaults = std::vector<regions::vault_resource_ptr>;

std::string name_of(const regions::vault_resource_ptr& vault) {
  return protocol::lower(vault->name);
}

// By name; `wanted` chooses.
template <class Wanted>
vaults gather(const management_view& view, Wanted wanted) {
  vaults list;
  for (const auto& [region, registry] : view.table.registries) {
    for (const auto& vault : registry->vaults) {
      if (wanted(*vault)) list.push_back(vault);
    }
  }
  std::ranges::sort(list, {}, name_of);
  return list;
}

std::vector<const protocol::vault_resource*> pointers(const vaults& list) {
  std::vector<const protocol::vault_resource*> out;
  for (const auto& vault : list) out.push_back(vault.get());
  return out;
}

// ---- vaults ----

answer list_vaults(const management_view& view) {
  const auto& group = view.asked.group;
  auto list = gather(view, [&](const protocol::vault_resource& vault) {
    const bool in_group = group.empty() || equal_ignoring_case(vault.resource_group, group);
    return in_group && !vault.deleted && view.may(read_vaults, id_of(view, vault));
  });
  const auto next = cut_page(list, view.asked, name_of);
  std::vector<protocol::vault_resource> resources;
  for (const auto& vault : list) resources.push_back(shown(*vault, view.topology));
  std::vector<management::vault_item> items;
  for (const auto& vault : resources) {
    items.push_back({&vault, state_of(view.table, vault.name)});
  }
  return management_answer(200,
                           management::write_vault_list({view.context, view.asked, next}, items));
}

answer list_resources(const management_view& view) {
  const auto filter = management::parse_resource_filter(view.asked.filter);
  if (!filter) return management_refusal(filter.error());
  auto list = gather(view, [&](const protocol::vault_resource& vault) {
    const bool fits =
        filter->vaults && !vault.deleted &&
        (filter->name.empty() || equal_ignoring_case(filter->name, vault.name)) &&
        (filter->location.empty() || equal_ignoring_case(filter->location, vault.location));
    return fits && view.may(read_vaults, id_of(view, vault));
  });
  const auto next = cut_page(list, view.asked, name_of);
  return management_answer(
      200, management::write_resource_list({view.context, view.asked, next}, pointers(list)));
}

answer list_deleted(const management_view& view) {
  constexpr std::string_view action = "Microsoft.KeyVault/deletedVaults/read";
  auto list = gather(view, [&](const protocol::vault_resource& vault) {
    return vault.deleted && view.may(action, id_of(view, vault));
  });
  const auto next = cut_page(list, view.asked, name_of);
  return management_answer(
      200, management::write_deleted_vault_list({view.context, view.asked, next}, pointers(list)));
}

answer no_vault(const management_view& view) {
  return refuse(error_code::resource_not_found,
                join({"The Resource 'Microsoft.KeyVault/vaults/", view.asked.vault,
                      "' under resource group '", view.asked.group, "' was not found."}));
}

// The live vault that the path names.
regions::vault_resource_ptr live_vault(const management_view& view) {
  auto found = find_vault(view.table, view.asked.vault).vault;
  const bool is_it = found != nullptr && !found->deleted &&
                     equal_ignoring_case(found->resource_group, view.asked.group);
  return is_it ? found : nullptr;
}

answer get_vault(const management_view& view) {
  const auto vault = live_vault(view);
  if (vault == nullptr) return no_vault(view);
  const auto resource = shown(*vault, view.topology);
  return management_answer(
      200, management::write_vault(view.context, {&resource, state_of(view.table, resource.name)}));
}

answer get_deleted(const management_view& view) {
  const auto found = find_vault(view.table, view.asked.vault).vault;
  if (found == nullptr || !found->deleted ||
      !equal_ignoring_case(found->location, view.asked.location)) {
    return refuse(error_code::deleted_vault_not_found,
                  join({"The specified deleted vault '", view.asked.vault, "' does not exist."}));
  }
  return management_answer(200, management::write_deleted_vault(view.context, *found));
}

answer check_name(const management_view& view) {
  const auto& query = std::get<management::name_query>(view.asked.body);
  management::name_answer result;
  if (!protocol::is_vault_name(query.name)) {
    result.reason = management::unavailable_name::account_name_invalid;
    result.message =
        "The vault name is invalid. Expected 3 to 24 letters, digits and single '-', a letter "
        "first and no '-' last.";
  } else if (find_vault(view.table, query.name).vault != nullptr) {
    result.reason = management::unavailable_name::already_exists;
    result.message = join({"The vault name '", query.name, "' is already in use."});
  }
  return management_answer(200, management::write_name_check(result));
}

// What is asked for is a purge: the vault's name is the token.
answer get_result(const management_view& view) {
  const auto found = find_vault(view.table, view.asked.name);
  const bool runs = found.vault != nullptr && found.purging;
  using enum management::operation_status;
  auto a = management_answer(
      runs ? 202 : 200,
      management::write_operation_result(view.context, view.asked.location, view.asked.name,
                                         runs ? in_progress : succeeded));
  if (runs) {
    a.location =
        management::operation_result_url(view.context, view.asked.location, view.asked.name);
    a.retry_after_s = 1;
  }
  return a;
}

// ---- private endpoints ----

answer read_connections(const management_view& view) {
  const auto vault = live_vault(view);
  if (vault == nullptr) return no_vault(view);
  const auto resource = shown(*vault, view.topology);
  using enum management::operation_id;
  if (view.asked.op->id == private_link_resources) {
    return management_answer(200, management::write_private_link_resources(view.context, resource));
  }
  if (view.asked.op->id == connection_list) {
    return management_answer(200, management::write_connection_list(view.context, resource));
  }
  for (const auto& connection : resource.connections) {
    if (equal_ignoring_case(connection.name, view.asked.name)) {
      return management_answer(200,
                               management::write_connection(view.context, resource, connection));
    }
  }
  return refuse(error_code::resource_not_found,
                join({"The private endpoint connection '", view.asked.name, "' of vault '",
                      resource.name, "' was not found."}));
}

// ---- roles ----

answer get_assignment(const management_view& view) {
  for (const auto& assignment : *view.table.assignments) {
    if (equal_ignoring_case(assignment.name, view.asked.name) &&
        equal_ignoring_case(assignment.scope, view.asked.scope)) {
      return management_answer(200, management::write_role_assignment(view.context, assignment));
    }
  }
  return refuse(error_code::role_assignment_not_found,
                join({"The role assignment '", view.asked.name, "' is not found."}));
}

// At the scope, above it (they count there), and, unless the filter says otherwise, below it.
answer list_assignments(const management_view& view) {
  const auto filter = management::parse_assignment_filter(view.asked.filter);
  if (!filter) return management_refusal(filter.error());
  std::vector<const protocol::role_assignment*> list;
  for (const auto& a : *view.table.assignments) {
    const bool above = regions::covers(a.scope, view.asked.scope);
    const bool below = regions::covers(view.asked.scope, a.scope);
    const bool is_his =
        filter->principal_id.empty() || equal_ignoring_case(filter->principal_id, a.principal_id);
    if ((above || (below && !filter->at_scope)) && is_his) list.push_back(&a);
  }
  const auto key = [](const protocol::role_assignment* a) { return protocol::lower(a->name); };
  std::ranges::sort(list, {}, key);
  const auto next = cut_page(list, view.asked, key);
  return management_answer(
      200, management::write_role_assignment_list({view.context, view.asked, next}, list));
}

management::role_definition definition_of(const regions::role& role) {
  return {role.id, role.name, role.actions, role.not_actions, role.data_actions};
}

answer read_definitions(const management_view& view) {
  if (view.asked.op->id == management::operation_id::role_definition_get) {
    const auto* role = regions::find_role(view.asked.name);
    if (role == nullptr) {
      return refuse(error_code::role_definition_not_found,
                    join({"The role definition '", view.asked.name, "' does not exist."}));
    }
    return management_answer(200,
                             management::write_role_definition(view.context, definition_of(*role)));
  }
  const auto filter = management::parse_definition_filter(view.asked.filter);
  if (!filter) return management_refusal(filter.error());
  std::vector<management::role_definition> list;
  for (const auto& role : regions::built_in_roles()) {
    const bool named =
        filter->role_name.empty() || equal_ignoring_case(filter->role_name, role.name);
    if (named && filter->built_in) list.push_back(definition_of(role));
  }
  return management_answer(200, management::write_role_definition_list(view.context, list));
}

// ---- what is around vaults ----

// Groups are where vaults are, and the configuration's own; there is nothing else in them.
answer read_groups(const management_view& view) {
  const auto& first = view.topology.regions.front().facts->name;
  std::vector<std::string> names{view.topology.resource_group};
  for (const auto& vault : gather(view, [](const auto&) { return true; })) {
    const auto same = [&](const std::string& name) {
      return equal_ignoring_case(name, vault->resource_group);
    };
    if (std::ranges::none_of(names, same)) names.push_back(vault->resource_group);
  }
  if (view.asked.op->id != management::operation_id::group_list) {
    return management_answer(200, management::write_group(view.context, {view.asked.group, first}));
  }
  std::vector<management::group_item> items;
  for (const auto& name : names) items.push_back({name, first});
  return management_answer(200, management::write_group_list(view.context, items));
}

answer list_locations(const management_view& view) {
  std::vector<management::location_item> items;
  for (const auto& region : view.topology.regions) {
    const auto& f = *region.facts;
    items.push_back({f.name, f.display_name, f.geography, f.pair});
  }
  return management_answer(200, management::write_location_list(view.context, items));
}

answer read_subscriptions(const management_view& view) {
  const management::subscription_facts facts{"Twinkeep", view.topology.tenant};
  const bool one = view.asked.op->id == management::operation_id::subscription_get;
  return management_answer(200, one ? management::write_subscription(view.context, facts)
                                    : management::write_subscription_list(view.context, facts));
}

}  // namespace

found_vault find_vault(const routing_table& table, std::string_view name) {
  for (const auto& [region, registry] : table.registries) {
    for (const auto& vault : registry->vaults) {
      if (equal_ignoring_case(vault->name, name)) {
        return {region, vault, registry->purging.contains(protocol::lower(name))};
      }
    }
  }
  return {};
}

protocol::vault_resource shown(const protocol::vault_resource& vault,
                               const regions::deployment& topology) {
  auto resource = vault;
  resource.connections = regions::connections_of(vault, topology);
  std::erase_if(resource.connections, [](const auto& connection) {
    return connection.status == protocol::connection_status::disconnected;
  });
  return resource;
}

management::provisioning_state state_of(const routing_table& table, std::string_view vault) {
  const auto* entry = table.find(protocol::lower(vault));
  // A vault whose region is lost is there all the same.
  const bool placed = entry != nullptr &&
                      (entry->serving() || entry->route.mode == regions::vault_mode::unavailable);
  return placed ? management::provisioning_state::succeeded
                : management::provisioning_state::registering_dns;
}

answer read_management(const management_view& view) {
  using enum management::operation_id;
  switch (view.asked.op->id) {
    case vault_get:
      return get_vault(view);
    case vault_list:
    case vault_list_by_group:
      return list_vaults(view);
    case vault_resources:
      return list_resources(view);
    case deleted_vault_list:
      return list_deleted(view);
    case deleted_vault_get:
      return get_deleted(view);
    case operation_result:
      return get_result(view);
    case name_check:
      return check_name(view);
    case managed_hsm_list_by_group:
    case managed_hsm_list:
    case deleted_managed_hsm_list:
      return management_answer(200, management::write_empty_list());
    case private_link_resources:
    case connection_list:
    case connection_get:
      return read_connections(view);
    case provider_operations:
      return management_answer(200, management::write_provider_operations());
    case subscription_list:
    case subscription_get:
      return read_subscriptions(view);
    case location_list:
      return list_locations(view);
    case group_list:
    case group_get:
    case group_put:
      return read_groups(view);
    case role_assignment_get:
      return get_assignment(view);
    case role_assignment_list:
      return list_assignments(view);
    case role_definition_get:
    case role_definition_list:
      return read_definitions(view);
    default:
      return refuse(error_code::internal, "The request is none that reads.");
  }
}

answer management_answer(unsigned status, crypto::wiping_chars body) {
  answer a;
  a.status = status;
  a.body = std::move(body);
  return a;
}

answer management_refusal(const management::error& e) {
  auto a = json_answer(management::http_status(e.code), management::write_error(e));
  a.code = management::to_string(e.code);
  a.retry_after_s = e.retry_after_s;
  return a;
}

}  // namespace twinkeep::actors
