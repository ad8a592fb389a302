#include "regions/registry/registry_state.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "protocol/identifiers.hpp"
#include "protocol/management/stored.hpp"
#include "regions/vault/records.hpp"

namespace twinkeep::regions {

namespace {

using crypto::error_code;
namespace management = protocol::management;

crypto::outcome<std::string> meta_of(const registry_state& registry, const record_change& record) {
  auto opened = open_record(*registry.identity, record);
  if (!opened) return failure{std::move(opened).error()};
  return std::string(as_text(opened->meta.view()));
}

// A record of something that has a name, which is in the key as well.
template <class Map, class Read>
crypto::outcome<void> take(const registry_state& registry, Map& map, std::string_view prefix,
                           const record_change& record, Read read) {
  const auto name = record.key.substr(prefix.size());
  if (!record.value) {
    map.erase(name);
    return {};
  }
  const auto meta = meta_of(registry, record);
  if (!meta) return failure{meta.error()};
  auto loaded = read(*meta);
  if (!loaded) return failure{std::move(loaded).error()};
  if (protocol::lower(loaded->name) != name) {
    return crypto::fail(error_code::corrupt, "record " + record.key + " is not what its key says");
  }
  using item = typename Map::mapped_type::element_type;
  map.insert_or_assign(name, std::make_shared<item>(std::move(*loaded)));
  return {};
}

// "12 <id>+ <id>-": what is carried out, '+' where it made something.
crypto::outcome<void> take_changes(registry_state& registry, const record_change& record) {
  if (!record.value) return {};
  const auto meta = meta_of(registry, record);
  if (!meta) return failure{meta.error()};
  std::string_view rest = *meta;
  const auto [end, failed] =
      std::from_chars(rest.data(), rest.data() + rest.size(), registry.changes);
  if (failed != std::errc{}) {
    return crypto::fail(error_code::corrupt, "record " + record.key + " holds no number");
  }
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  registry.recent.clear();
  while (rest.size() > 2 && rest.front() == ' ') {
    rest.remove_prefix(1);
    const auto id = rest.substr(0, rest.find(' '));
    registry.recent.push_back({std::string(id.substr(0, id.size() - 1)), id.ends_with('+')});
    rest.remove_prefix(id.size());
  }
  return {};
}

crypto::outcome<void> take(registry_state& registry, const record_change& record) {
  const std::string_view key = record.key;
  if (key == data_key_record) return {};
  if (key == changes_record) return take_changes(registry, record);
  if (key.starts_with(vault_prefix)) {
    return take(registry, registry.recorded, vault_prefix, record, management::load_vault_resource);
  }
  if (key.starts_with(assignment_prefix)) {
    return take(registry, registry.assignments, assignment_prefix, record,
                management::load_role_assignment);
  }
  for (const auto& [prefix, names] :
       {std::pair{purge_prefix, &registry.purging}, std::pair{purged_prefix, &registry.purged}}) {
    if (!key.starts_with(prefix)) continue;
    const std::string name(key.substr(prefix.size()));
    if (record.value) {
      names->insert(name);
    } else {
      names->erase(name);
    }
    return {};
  }
  return crypto::fail(error_code::corrupt, "record " + record.key + " is of no known kind");
}

}  // namespace

std::string registry_name(std::string_view region) {
  return "!" + std::string(region);
}

bool is_registry(std::string_view vault) {
  return vault.starts_with('!');
}

vault_resource_ptr registry_state::find(std::string_view lower_name) const {
  for (const auto* from : {&recorded, &declared}) {
    if (const auto it = from->find(lower_name); it != from->end()) return it->second;
  }
  return nullptr;
}

std::vector<vault_resource_ptr> registry_state::all() const {
  auto merged = recorded;
  merged.insert(declared.begin(), declared.end());
  std::vector<vault_resource_ptr> list;
  for (auto& [name, vault] : merged) list.push_back(std::move(vault));
  return list;
}

const carried_out* registry_state::find_carried_out(std::string_view request_id) const {
  const auto it = std::ranges::find(recent, request_id, &carried_out::request_id);
  return it == recent.end() ? nullptr : &*it;
}

registry_state::vaults declared_vaults(const deployment& topology, std::string_view region) {
  registry_state::vaults declared;
  for (const auto& config : topology.vaults) {
    if (config.region != region) continue;
    protocol::vault_resource vault;
    vault.name = config.name;
    vault.location = config.region;
    vault.resource_group = topology.resource_group;
    vault.tenant_id = config.tenant.empty() ? topology.tenant : config.tenant;
    vault.recovery = config.recovery;
    vault.sku = config.sku;
    vault.rbac_authorization = config.rbac_authorization;
    declared.emplace(protocol::lower(config.name),
                     std::make_shared<const protocol::vault_resource>(std::move(vault)));
  }
  return declared;
}

crypto::outcome<registry_state> load_registry(vault_identity_ptr identity,
                                              std::span<const record_change> records,
                                              registry_state::vaults declared) {
  registry_state registry;
  registry.identity = std::move(identity);
  registry.declared = std::move(declared);
  for (const auto& record : records) {
    if (auto taken = take(registry, record); !taken) return failure{std::move(taken).error()};
  }
  return registry;
}

crypto::outcome<void> apply(registry_state& registry, std::span<const record_change> changes,
                            const write_lease& /*lease*/) {
  return apply_replicated(registry, changes);
}

crypto::outcome<void> apply_replicated(registry_state& registry,
                                       std::span<const record_change> changes) {
  for (const auto& change : changes) {
    if (auto taken = take(registry, change); !taken) return taken;
  }
  return {};
}

}  // namespace twinkeep::regions
