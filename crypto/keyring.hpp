#pragma once

#include <filesystem>
#include <string_view>

#include "crypto/barrier.hpp"

namespace twinkeep::crypto {

// Holds the key-encryption key and nothing else: wraps data keys and derives the keys of
// deployment-wide uses (backup blobs). Immutable and thread-safe once made.
class keyring {
 public:
  // Reads the key-encryption key from `file` (mode 0600 or refused), or makes one if the file is
  // absent, durably and atomically. Errors name the file, never its content.
  [[nodiscard]] static outcome<keyring> open_or_create(const std::filesystem::path& file,
                                                       random_source& random);
  explicit keyring(data_key key_encryption_key) : kek_(std::move(key_encryption_key)) {}

  [[nodiscard]] bytes wrap(const data_key& key, const record_identity& id,
                           random_source& random) const;
  [[nodiscard]] outcome<data_key> unwrap(byte_view wrapped, const record_identity& id) const;
  // HKDF-SHA-256 (RFC 5869) with `label` as info.
  [[nodiscard]] data_key derive(std::string_view label) const;

 private:
  data_key kek_;
};

}  // namespace twinkeep::crypto
