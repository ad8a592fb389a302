#pragma once

#include "crypto/key_provider.hpp"
#include "crypto/openssl/handles.hpp"

// Private to crypto/: an EVP_PKEY and the forms in which a key comes and goes.
namespace twinkeep::crypto::openssl {

// What a key of a vault may have.
[[nodiscard]] bool is_served_modulus(unsigned bits);

// RSA or EC.
[[nodiscard]] outcome<pkey_ptr> generate_pair(const key_spec& spec);

// PKCS#8 DER (RFC 5958), not encrypted.
[[nodiscard]] outcome<secret_bytes> write_private(const EVP_PKEY& pair);
[[nodiscard]] outcome<pkey_ptr> read_private(byte_view der);

// unsupported: a type, size or curve that the tables do not have.
[[nodiscard]] outcome<public_key> public_half_of(const EVP_PKEY& key);
// bad_input: numbers that are no key, such as a point off its curve.
[[nodiscard]] outcome<pkey_ptr> read_public(const public_key& pub);
// `d` null: the public half. Whether it belongs to x and y is not looked at.
[[nodiscard]] outcome<pkey_ptr> read_ec(const public_key& pub, const BIGNUM* d);

}  // namespace twinkeep::crypto::openssl
