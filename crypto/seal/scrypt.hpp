#pragma once

#include "crypto/bytes.hpp"
#include "crypto/seal.hpp"
#include "crypto/secret_bytes.hpp"

namespace twinkeep::crypto {

// Whether scrypt can be asked for this much at all: what a tampered file says must cost neither
// gigabytes nor minutes.
[[nodiscard]] bool is_bearable(const scrypt_cost& cost);

// scrypt (RFC 7914). Private to crypto/. Precondition: is_bearable(cost).
[[nodiscard]] secret_bytes scrypt(byte_view passphrase, byte_view salt, const scrypt_cost& cost,
                                  std::size_t size);

}  // namespace twinkeep::crypto
