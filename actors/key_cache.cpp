#include "actors/key_cache.hpp"

#include "regions/vault/records.hpp"

namespace twinkeep::actors {

namespace {

std::string id_of(const regions::vault_identity& vault, const regions::stored_key& key) {
  return vault.name + '/' + key.record_key;
}

}  // namespace

crypto::outcome<crypto::key*> key_cache::get(const regions::vault_identity& vault,
                                             const regions::stored_key& key,
                                             crypto::key_provider& provider) {
  if (auto* const known = find(vault, key); known != nullptr) return known;
  auto material = regions::open_value(vault, key.record_key, key.value);
  if (!material) return failure{std::move(material).error()};
  auto loaded = provider.load(material->view());
  if (!loaded) return failure{std::move(loaded).error()};
  return &put(vault, key, std::move(*loaded));
}

crypto::key* key_cache::find(const regions::vault_identity& vault, const regions::stored_key& key) {
  const auto found = by_id_.find(id_of(vault, key));
  if (found == by_id_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return entries_.front().key.get();
}

crypto::key& key_cache::put(const regions::vault_identity& vault, const regions::stored_key& key,
                            std::unique_ptr<crypto::key> loaded) {
  auto id = id_of(vault, key);
  if (const auto found = by_id_.find(id); found != by_id_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    entries_.front().key = std::move(loaded);
    return *entries_.front().key;
  }
  if (entries_.size() >= capacity) {
    by_id_.erase(entries_.back().id);
    entries_.pop_back();
  }
  entries_.push_front({id, std::move(loaded)});
  by_id_.emplace(std::move(id), entries_.begin());
  return *entries_.front().key;
}

void key_cache::clear() {
  by_id_.clear();
  entries_.clear();
}

}  // namespace twinkeep::actors
