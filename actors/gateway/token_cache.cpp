#include "actors/gateway/token_cache.hpp"

namespace twinkeep::actors {

// Loops hear of a new generation one after the other.
bool token_cache::is_of(std::uint64_t generation) {
  if (generation > generation_) {
    known_.clear();
    generation_ = generation;
  }
  return generation == generation_;
}

claims_ptr token_cache::find(const crypto::sha256_digest& digest, std::uint64_t generation,
                             protocol::unix_seconds now) {
  if (!is_of(generation)) return nullptr;
  const auto it = known_.find(digest);
  if (it == known_.end()) return nullptr;
  if (!has_expired(*it->second, now)) return it->second;
  known_.erase(it);
  return nullptr;
}

void token_cache::put(const crypto::sha256_digest& digest, claims_ptr caller,
                      std::uint64_t generation, protocol::unix_seconds now) {
  if (!is_of(generation)) return;
  make_room(now);
  known_.insert_or_assign(digest, std::move(caller));
}

// Only valid tokens get here, so who fills it is an issuer; starting over costs a signature check
// for each token still in use.
void token_cache::make_room(protocol::unix_seconds now) {
  if (known_.size() < max_known) return;
  std::erase_if(known_, [now](const auto& item) { return has_expired(*item.second, now); });
  if (known_.size() >= max_known) known_.clear();
}

}  // namespace twinkeep::actors
