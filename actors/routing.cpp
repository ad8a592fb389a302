#include "actors/routing.hpp"

#include "protocol/identifiers.hpp"

namespace twinkeep::actors {

routing_table_ptr first_routing_table(const regions::deployment& topology,
                                      const std::vector<std::string>& administrators,
                                      const std::string& tenant) {
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
    entry.tenant = vault.tenant.empty() ? tenant : vault.tenant;
    auto access = std::make_shared<regions::access_rules>();
    access->owners = vault.owners;
    access->owners.insert(access->owners.end(), administrators.begin(), administrators.end());
    entry.access = std::move(access);
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
