#pragma once

#include "crypto/key_provider.hpp"
#include "crypto/openssl/handles.hpp"

// Private to crypto/: pairs from the numbers of a JWK. Nothing that a client says about its key is
// believed: each number is checked against the others, so that what is stored is a key that signs
// and decrypts. Messages name the member and never hold its value.
namespace twinkeep::crypto::openssl {

[[nodiscard]] outcome<pkey_ptr> import_rsa(const private_jwk& given);
[[nodiscard]] outcome<pkey_ptr> import_ec(const private_jwk& given);
// Whether a vault takes a key with these numbers. unsupported: a size that is not served.
[[nodiscard]] outcome<void> check_public_rsa(byte_view n, byte_view e);

}  // namespace twinkeep::crypto::openssl
