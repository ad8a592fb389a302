#pragma once

#include "crypto/key_provider.hpp"
#include "crypto/openssl/handles.hpp"

// Private keys as their numbers, right ones and others.
namespace twinkeep::test {

// What a key of OpenSSL's provider would be as a JWK.
[[nodiscard]] crypto::private_jwk jwk_of(const crypto::generated_key& made);

[[nodiscard]] crypto::private_jwk copy_of(const crypto::private_jwk& jwk);

// All that follows from p and q, whatever they are. Without an inverse of q, qi is 1.
[[nodiscard]] crypto::private_jwk rsa_of(const BIGNUM& p, const BIGNUM& q, unsigned e);

[[nodiscard]] crypto::openssl::bn_ptr number(const crypto::secret_bytes& big_endian);
[[nodiscard]] bytes octets(const BIGNUM& value);
[[nodiscard]] crypto::secret_bytes secret(const BIGNUM& value);
[[nodiscard]] crypto::secret_bytes secret(byte_view data);

}  // namespace twinkeep::test
