#include "regions/vault/hsm_keys.hpp"

#include <algorithm>

#include "protocol/join.hpp"
#include "regions/vault/kinds.hpp"
#include "regions/vault/records.hpp"

namespace twinkeep::regions {

namespace {

using key_object = object<stored_key>;

// Where a record of a version belongs; the version is empty for every other record.
struct record_place {
  std::string_view lower_name, version;
};
record_place place_of(std::string_view record_key) {
  // A certificate's key is of its versions, too.
  for (const auto prefix : {kind_of<stored_key>::prefix, kind_of<stored_certificate>::prefix}) {
    if (!record_key.starts_with(prefix)) continue;
    const auto rest = record_key.substr(prefix.size());
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) return {};
    return {rest.substr(0, slash), rest.substr(slash + 1)};
  }
  return {};
}

const key_object* find(const vault_state& vault, std::string_view lower_name) {
  for (const auto* keys : {&vault.keys.active, &vault.keys.deleted}) {
    const auto it = keys->find(lower_name);
    if (it != keys->end()) return &it->second;
  }
  return nullptr;
}

void add(std::vector<hsm_key>& found, const vault_state& vault, std::string_view lower_name,
         const stored_key& key) {
  if (!key.properties.hsm) return;
  found.push_back({key.record_key, key.value,
                   hsm_label(vault.identity->name, lower_name, key.properties.version)});
}

// The version that is asked for has no certificate yet, but its key.
void add(std::vector<hsm_key>& found, const vault_state& vault, std::string_view lower_name,
         const stored_pending& awaited) {
  if (!awaited.operation.policy.hsm || awaited.value.empty()) return;
  found.push_back({awaited.record_key, awaited.value,
                   hsm_label(vault.identity->name, lower_name, awaited.operation.version)});
}

void add_touched(std::vector<hsm_key>& found, const vault_state& vault,
                 const record_change& change) {
  if (std::string_view name = change.key; name.starts_with(pending_prefix)) {
    name.remove_prefix(pending_prefix.size());
    const auto it = vault.pending.find(name);
    if (it != vault.pending.end()) add(found, vault, name, *it->second);
    return;
  }
  const auto place = place_of(change.key);
  const auto* const keys = place.version.empty() ? nullptr : find(vault, place.lower_name);
  if (keys == nullptr) return;
  for (const auto& version : keys->versions) {
    if (version->properties.version != place.version) continue;
    return add(found, vault, place.lower_name, *version);
  }
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
      for (const auto& version : o.versions) add(found, vault, lower_name, *version);
    }
  }
  for (const auto& [lower_name, awaited] : vault.pending) {
    add(found, vault, lower_name, *awaited);
  }
  return found;
}

std::vector<hsm_key> hsm_keys_touched(const vault_state& vault,
                                      std::span<const record_change> changes) {
  std::vector<hsm_key> found;
  for (const auto& change : changes) add_touched(found, vault, change);
  return found;
}

std::vector<std::string> labels_gone(const std::vector<hsm_key>& before,
                                     const std::vector<hsm_key>& after) {
  std::vector<std::string> gone;
  for (const auto& key : before) {
    const bool stays = std::ranges::find(after, key.label, &hsm_key::label) != after.end();
    if (!stays) gone.push_back(key.label);
  }
  return gone;
}

}  // namespace twinkeep::regions
