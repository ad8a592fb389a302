#pragma once

#include "crypto/bytes.hpp"
#include "crypto/error.hpp"

// Private to crypto/: the two forms of an ECDSA signature, r and s of a fixed width one behind the
// other (IEEE P1363, JWS) and the DER of X.509 (RFC 3279 §2.2.3).
namespace twinkeep::crypto::openssl {

[[nodiscard]] outcome<bytes> fixed_width(byte_view der, std::size_t width);
// Empty: out of memory, or not of the width.
[[nodiscard]] bytes der_of(byte_view signature, std::size_t width);

}  // namespace twinkeep::crypto::openssl
