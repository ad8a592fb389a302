#pragma once

#include <string>

#include "crypto/error.hpp"
#include "protocol/key.hpp"
#include "protocol/secret.hpp"

namespace twinkeep::protocol::json {

// The form in which properties are kept in stored records and backups: JSON, readable by later
// versions (unknown members are ignored, absent ones take their defaults). Sealed by the barrier
// before it reaches a disk. Reading gives `corrupt` and names the member, not its content.
[[nodiscard]] std::string store_secret(const secret_properties& secret);
[[nodiscard]] std::string store_key(const key_properties& key);
[[nodiscard]] crypto::outcome<secret_properties> load_secret(std::string_view text);
[[nodiscard]] crypto::outcome<key_properties> load_key(std::string_view text);

}  // namespace twinkeep::protocol::json
