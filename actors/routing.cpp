#include "actors/routing.hpp"

#include "protocol/identifiers.hpp"

namespace twinkeep::actors {

void routing_board::publish(routing_table_ptr table) {
  std::lock_guard lock(mutex_);
  table_ = std::move(table);
  version_.fetch_add(1, std::memory_order_release);
}

routing_table_ptr routing_board::current() const {
  std::lock_guard lock(mutex_);
  return table_;
}

const routing_table_ptr& routing_view::table() {
  if (const auto version = board_.version(); version != seen_) {
    table_ = board_.current();
    seen_ = version;
  }
  return table_;
}

namespace {

// Every vault of the configuration is in the one resource group of this deployment.
constexpr std::string_view resource_group = "twinkeep";

regions::access_rules_ptr access_of(const regions::vault_config& vault,
                                    const regions::deployment& topology,
                                    const std::vector<std::string>& administrators) {
  protocol::vault_resource resource;
  resource.name = vault.name;
  resource.location = vault.region;
  resource.resource_group = resource_group;
  resource.rbac_authorization = vault.rbac_authorization;
  auto owners = vault.owners;
  owners.insert(owners.end(), administrators.begin(), administrators.end());
  return regions::make_access_rules(resource, topology.role_assignments, std::move(owners),
                                    {topology.subscription, topology.trusted_services});
}

}  // namespace

routing_table_ptr first_routing_table(const regions::deployment& topology,
                                      const std::vector<std::string>& administrators) {
  auto table = std::make_shared<routing_table>();
  for (const auto& vault : topology.vaults) {
    const auto* home = topology.find_region(vault.region);
    const auto* secondary = topology.secondary_of(vault.region);
    route_entry entry;
    entry.vault = vault.name;
    entry.home_region = vault.region;
    if (secondary != nullptr && home->facts->fails_over) {
      entry.secondary_region = secondary->facts->name;
    }
    entry.route = {regions::vault_mode::read_write, vault.region, false};
    entry.recovery = vault.recovery;
    entry.geography = home->facts->geography;
    entry.access = access_of(vault, topology, administrators);
    entry.gauge = std::make_shared<vault_gauge>();
    table->vaults.emplace(protocol::lower(vault.name), std::move(entry));
  }
  return table;
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
