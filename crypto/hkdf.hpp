#pragma once

#include "crypto/bytes.hpp"
#include "crypto/secret_bytes.hpp"

namespace twinkeep::crypto {

// HKDF-SHA-256, extract and expand (RFC 5869). Private to crypto/.
// Precondition: size <= 255 * 32.
[[nodiscard]] secret_bytes hkdf_sha256(byte_view input, byte_view salt, byte_view info,
                                       std::size_t size);

}  // namespace twinkeep::crypto
