#pragma once

#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "crypto/key_provider.hpp"
#include "regions/vault/vault_state.hpp"

namespace twinkeep::actors {

// Loaded keys, most recently used ones, for one thread: parsing costs more than an elliptic curve
// signature, and one OpenSSL key shared by threads makes them contend. Wiped when dropped.
class key_cache {
 public:
  static constexpr std::size_t capacity = 256;
  // The key, from here or opened and parsed now. The pointer is good until the next call.
  [[nodiscard]] crypto::outcome<crypto::key*> get(const regions::vault_identity& vault,
                                                  const regions::stored_key& key,
                                                  crypto::key_provider& provider);
  // Null: it is not here.
  [[nodiscard]] crypto::key* find(const regions::vault_identity& vault,
                                  const regions::stored_key& key);
  // In place of the one that may be here.
  crypto::key& put(const regions::vault_identity& vault, const regions::stored_key& key,
                   std::unique_ptr<crypto::key> loaded);
  void clear();

 private:
  struct entry {
    std::string id;
    std::unique_ptr<crypto::key> key;
  };
  std::list<entry> entries_;  // most recent first
  std::unordered_map<std::string, std::list<entry>::iterator> by_id_;
};

}  // namespace twinkeep::actors
