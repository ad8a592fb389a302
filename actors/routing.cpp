#include "actors/routing.hpp"

#include "protocol/identifiers.hpp"
#include "regions/registry/private_endpoints.hpp"

namespace twinkeep::actors {

namespace {

using regions::deployment;
using ids = std::vector<std::string>;

route_entry entry_of(const std::string& vault, const std::string& region,
                     const deployment& topology) {
  const auto* home = topology.find_region(region);
  const auto* secondary = topology.secondary_of(region);
  route_entry entry;
  entry.vault = vault;
  entry.home_region = region;
  if (secondary != nullptr && home->facts->fails_over) {
    entry.secondary_region = secondary->facts->name;
  }
  entry.route = {regions::vault_mode::read_write, region, false};
  entry.geography = home->facts->geography;
  entry.gauge = std::make_shared<vault_gauge>();
  return entry;
}

// Whoever the operator has made an owner stays one, whatever the vault's own rules say.
ids owners_of(const std::string& vault, const deployment& topology, const ids& administrators) {
  auto owners = administrators;
  if (const auto* config = topology.find_vault(vault)) {
    owners.insert(owners.end(), config->owners.begin(), config->owners.end());
  }
  return owners;
}

void set_resource(route_entry& entry, regions::vault_resource_ptr vault, const routing_table& table,
                  const deployment& topology, const ids& administrators) {
  entry.recovery = vault->recovery;
  entry.tenant = vault->tenant_id;
  entry.access = regions::make_access_rules(*vault, *table.assignments,
                                            owners_of(vault->name, topology, administrators),
                                            {topology.subscription, topology.trusted_services});
  entry.resource = std::move(vault);
}

// The configuration's, and those that the registries keep.
assignment_list gather_assignments(const routing_table& table, const deployment& topology) {
  auto all = std::make_shared<std::vector<protocol::role_assignment>>(topology.role_assignments);
  for (const auto& [region, registry] : table.registries) {
    for (const auto& assignment : registry->assignments) all->push_back(*assignment);
  }
  return all;
}

}  // namespace

routing_table_ptr first_routing_table(const deployment& topology, const ids& administrators) {
  auto table = std::make_shared<routing_table>();
  table->assignments = gather_assignments(*table, topology);
  for (const auto& region : topology.regions) {
    const std::string name{region.facts->name};
    const auto registry = regions::registry_name(name);
    table->vaults.emplace(registry, entry_of(registry, name, topology));
    for (auto& [key, vault] : regions::declared_vaults(topology, name)) {
      auto entry = entry_of(vault->name, name, topology);
      set_resource(entry, std::move(vault), *table, topology, administrators);
      table->vaults.emplace(key, std::move(entry));
    }
  }
  return table;
}

void publish_registry(routing_table& table, const deployment& topology, const ids& administrators,
                      const std::string& region, registry_view_ptr view) {
  auto& known = table.registries[region];
  if (known != nullptr && known->changes > view->changes) return;
  const bool grants_change = known == nullptr || known->assignments != view->assignments;
  known = view;
  if (grants_change) {
    table.assignments = gather_assignments(table, topology);
    for (auto& [key, entry] : table.vaults) {
      if (entry.resource) set_resource(entry, entry.resource, table, topology, administrators);
    }
  }
  const auto& registry = table.vaults.at(regions::registry_name(region));
  std::set<std::string, std::less<>> served;
  for (const auto& vault : view->vaults) {
    if (vault->deleted) continue;
    const auto key = protocol::lower(vault->name);
    served.insert(key);
    const auto [it, is_new] = table.vaults.try_emplace(key);
    auto& entry = it->second;
    // Of two regions that both have a vault of this name the first one is it: a declaration was
    // moved by hand.
    if (!is_new && entry.home_region != region) continue;
    if (is_new) {
      entry = entry_of(vault->name, region, topology);
      entry.route = registry.route;
      entry.failed_over_at = registry.failed_over_at;
    }
    set_resource(entry, vault, table, topology, administrators);
  }
  std::erase_if(table.vaults, [&](const auto& item) {
    const auto& [key, entry] = item;
    return entry.home_region == region && entry.resource != nullptr && !served.contains(key);
  });
}

void directory::set_region(const std::string& name, region_actor actor) {
  std::lock_guard lock(mutex_);
  regions_[name] = std::move(actor);
}

region_actor directory::region(const std::string& name) const {
  std::lock_guard lock(mutex_);
  const auto it = regions_.find(name);
  return it == regions_.end() ? region_actor{} : it->second;
}

void directory::set_supervisor(supervisor_actor actor) {
  std::lock_guard lock(mutex_);
  supervisor_ = std::move(actor);
}

supervisor_actor directory::supervisor() const {
  std::lock_guard lock(mutex_);
  return supervisor_;
}

void directory::clear() {
  std::lock_guard lock(mutex_);
  regions_.clear();
  supervisor_ = nullptr;
}

}  // namespace twinkeep::actors
