#pragma once

#include <memory>
#include <string_view>

#include "crypto/error.hpp"
#include "crypto/random.hpp"
#include "crypto/secret_bytes.hpp"

namespace twinkeep::crypto {

// An AES-256 key that seals records. One per vault.
class data_key {
 public:
  static constexpr std::size_t size = 32;
  explicit data_key(secret_bytes key);  // precondition: `size` bytes
  [[nodiscard]] static data_key generate(random_source& random);
  [[nodiscard]] byte_view view() const { return key_.view(); }

 private:
  secret_bytes key_;
};
using data_key_ptr = std::shared_ptr<const data_key>;

// Which record a ciphertext belongs to: bound to it as additional data, so that a sealed value
// copied to another region, vault, record or part does not open.
struct record_identity {
  std::string_view region;  // the vault's home region, also in its pair's stores
  std::string_view vault;
  std::string_view record;  // the record's key in the store: kind, name, version
  std::string_view part;    // "meta", "value"; a record may hold several sealed parts
};

// AES-256-GCM (NIST SP 800-38D), 96-bit random nonce, 128-bit tag.
// Layout: format octet (1), nonce (12), ciphertext, tag (16). At most 2^32 seals per data key.
inline constexpr std::size_t seal_overhead_bytes = 1 + 12 + 16;
[[nodiscard]] bytes seal(const data_key& key, const record_identity& id, byte_view plain,
                         random_source& random);
// refused: wrong key, wrong identity or tampered; corrupt: too short or an unknown format octet.
[[nodiscard]] outcome<secret_bytes> open(const data_key& key, const record_identity& id,
                                         byte_view sealed);

}  // namespace twinkeep::crypto
