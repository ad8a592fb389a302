#include "regions/vault/hsm_keys.hpp"

#include <algorithm>

#include "protocol/join.hpp"
#include "regions/vault/kinds.hpp"

namespace twinkeep::regions {

namespace {

using key_object = object<stored_key>;

// Where a record of a version belongs; the version is empty for every other record.
struct record_place {
  std::string_view lower_name, version;
};
record_place place_of(std::string_view record_key) {
  constexpr auto prefix = kind_of<stored_key>::prefix;
  if (!record_key.starts_with(prefix)) return {};
  const auto rest = record_key.substr(prefix.size());
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return {};
  return {rest.substr(0, slash), rest.substr(slash + 1)};
}

const key_object* find(const vault_state& vault, std::string_view lower_name) {
  for (const auto* keys : {&vault.keys.active, &vault.keys.deleted}) {
    const auto it = keys->find(lower_name);
    if (it != keys->end()) return &it->second;
  }
  return nullptr;
}

void add(std::vector<hsm_key>& found, const vault_state& vault, std::string_view lower_name,
         const std::shared_ptr<const stored_key>& key) {
  if (!key->properties.hsm) return;
  found.push_back({key, hsm_label(vault.identity->name, lower_name, key->properties.version)});
}

std::vector<hsm_key> touched(const vault_state& vault, std::span<const record_change> changes,
                             bool removed) {
  std::vector<hsm_key> found;
  for (const auto& change : changes) {
    const auto place = place_of(change.key);
    if (place.version.empty() || (change.value == nullptr) != removed) continue;
    const auto* keys = find(vault, place.lower_name);
    if (keys == nullptr) continue;
    const auto of_version = [&](const auto& key) {
      return key->properties.version == place.version;
    };
    const auto it = std::ranges::find_if(keys->versions, of_version);
    if (it != keys->versions.end()) add(found, vault, place.lower_name, *it);
  }
  return found;
}

}  // namespace

std::string hsm_label(std::string_view vault, std::string_view lower_name,
                      std::string_view version) {
  return protocol::join({vault, "/", lower_name, "/", version});
}

std::vector<hsm_key> hsm_keys_of(const vault_state& vault) {
  std::vector<hsm_key> found;
  for (const auto* keys : {&vault.keys.active, &vault.keys.deleted}) {
    for (const auto& [lower_name, o] : *keys) {
      for (const auto& version : o.versions) add(found, vault, lower_name, version);
    }
  }
  return found;
}

std::vector<hsm_key> hsm_keys_put(const vault_state& after,
                                  std::span<const record_change> changes) {
  return touched(after, changes, false);
}

std::vector<hsm_key> hsm_keys_removed(const vault_state& before,
                                      std::span<const record_change> changes) {
  return touched(before, changes, true);
}

}  // namespace twinkeep::regions
