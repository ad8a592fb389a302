#pragma once

#include <filesystem>
#include <string_view>

#include "crypto/barrier.hpp"
#include "crypto/seal.hpp"

namespace twinkeep::crypto {

// Holds the key-encryption key and nothing else: wraps data keys and derives the keys of
// deployment-wide uses (backup blobs). Immutable and thread-safe once made.
class keyring {
 public:
  // Reads the key-encryption key from `file` (mode 0600 or refused) and opens it, or makes one if
  // the file is absent, durably and atomically. A file under another seal than this is refused.
  // Errors name the file, never its content.
  [[nodiscard]] static outcome<keyring> open_or_create(const std::filesystem::path& file,
                                                       kek_seal& seal, random_source& random);
  explicit keyring(data_key key_encryption_key) : kek_(std::move(key_encryption_key)) {}

  [[nodiscard]] bytes wrap(const data_key& key, const record_identity& id,
                           random_source& random) const;
  [[nodiscard]] outcome<data_key> unwrap(byte_view wrapped, const record_identity& id) const;
  // HKDF-SHA-256 (RFC 5869) with `label` as info.
  [[nodiscard]] data_key derive(std::string_view label) const;

 private:
  data_key kek_;
};

// Puts the key in `file` under another seal, or under the same one anew. The file is replaced once
// its successor is durable, was read back and has opened: a crash leaves the one or the other, and
// an error leaves the old one. Precondition: no other process uses the file or makes it.
[[nodiscard]] outcome<void> reseal(const std::filesystem::path& file, kek_seal& from, kek_seal& to,
                                   random_source& random);

// Removes what a crash has left of making or replacing `file`. The same precondition.
void discard_leftovers(const std::filesystem::path& file);

}  // namespace twinkeep::crypto
