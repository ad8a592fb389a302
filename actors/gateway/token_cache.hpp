#pragma once

#include <cstring>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "crypto/digest.hpp"
#include "protocol/token/token.hpp"

namespace twinkeep::actors {

using claims_ptr = std::shared_ptr<const protocol::token::claims>;

// A token lives for as long as it says, and the leeway of clocks.
[[nodiscard]] inline bool has_expired(const protocol::token::claims& c,
                                      protocol::unix_seconds now) {
  return c.expires <= now - protocol::token::clock_leeway_s;
}

// Verified tokens by their digests: no token is in it. It is of one generation of keys; what was
// verified with another is not found, and a later generation forgets all. Of bounded size. Not
// thread-safe.
class token_cache {
 public:
  static constexpr std::size_t max_known = 4096;

  // Null: not known.
  [[nodiscard]] claims_ptr find(const crypto::sha256_digest& digest, std::uint64_t generation,
                                protocol::unix_seconds now);
  void put(const crypto::sha256_digest& digest, claims_ptr caller, std::uint64_t generation,
           protocol::unix_seconds now);

 private:
  struct first_octets {
    std::size_t operator()(const crypto::sha256_digest& digest) const {
      std::size_t hash = 0;
      std::memcpy(&hash, digest.data(), sizeof hash);
      return hash;
    }
  };
  [[nodiscard]] bool is_of(std::uint64_t generation);
  void make_room(protocol::unix_seconds now);

  std::uint64_t generation_ = 0;
  std::unordered_map<crypto::sha256_digest, claims_ptr, first_octets> known_;
};

// What one loop has verified, the others need not: and who is known on one must not be refused on
// another. Each loop asks it only for what its own cache does not know.
class shared_token_cache {
 public:
  [[nodiscard]] claims_ptr find(const crypto::sha256_digest& digest, std::uint64_t generation,
                                protocol::unix_seconds now) {
    std::lock_guard lock(mutex_);
    return cache_.find(digest, generation, now);
  }
  void put(const crypto::sha256_digest& digest, claims_ptr caller, std::uint64_t generation,
           protocol::unix_seconds now) {
    std::lock_guard lock(mutex_);
    cache_.put(digest, std::move(caller), generation, now);
  }

 private:
  std::mutex mutex_;
  token_cache cache_;
};

}  // namespace twinkeep::actors
