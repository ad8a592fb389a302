#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "crypto/barrier.hpp"
#include "protocol/errors.hpp"
#include "protocol/requests.hpp"

namespace twinkeep::protocol {

// Where a backup comes from and where it may go: the same subscription and geography.
struct backup_scope {
  std::string subscription;
  std::string geography;
};

// Whether restore compares the geography ("geography", as Azure) or not ("any").
enum class restore_scope : std::uint8_t { geography, any };

// The blob: a format octet, and everything else sealed under `key` (AES-256-GCM), scope included.
[[nodiscard]] bytes make_backup(const restore_secret& object, const backup_scope& from,
                                const crypto::data_key& key, crypto::random_source& random);
[[nodiscard]] bytes make_backup(const restore_key& object, const backup_scope& from,
                                const crypto::data_key& key, crypto::random_source& random);
[[nodiscard]] bytes make_backup(const restore_certificate& object, const backup_scope& from,
                                const crypto::data_key& key, crypto::random_source& random);

// Opens a blob for `operation` (one whose shape is restore) into its request body. A broken or
// foreign blob, or one of the other kind: 400 with the literal text that the SDKs' suites compare;
// another subscription or geography: 400 that says so.
[[nodiscard]] outcome<request_body> open_backup(operation_id operation, byte_view blob,
                                                const backup_scope& here, restore_scope rule,
                                                const crypto::data_key& key);

}  // namespace twinkeep::protocol
