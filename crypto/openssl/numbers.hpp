#pragma once

#include "crypto/openssl/handles.hpp"
#include "crypto/secret_bytes.hpp"

// Private to crypto/: the numbers of which keys are made. nullptr: out of memory.
namespace twinkeep::crypto::openssl {

[[nodiscard]] bn_ptr number(byte_view big_endian);

// Of a private key. Computed with in constant time where OpenSSL has a choice, and marked as
// secure: OSSL_PARAM_free wipes no others.
[[nodiscard]] bn_ptr secret_number(byte_view big_endian = {});

// Empty: does not fit into `width`.
[[nodiscard]] bytes octets(const BIGNUM& value, std::size_t width);

[[nodiscard]] byte_view without_leading_zeros(byte_view big_endian);

// OpenSSL's number (NID) of the curve that it has by this name.
[[nodiscard]] int curve_number(const char* name);
// nullptr: OpenSSL has no such curve.
[[nodiscard]] ec_group_ptr group_of(curve crv);
// SEC 1 §3.2.1: from 1 to the group's order less 1.
[[nodiscard]] bool is_scalar_of(const EC_GROUP& group, const BIGNUM& value);

// `selection`: EVP_PKEY_PUBLIC_KEY or EVP_PKEY_KEYPAIR. bad_input: `what` and OpenSSL's reason.
[[nodiscard]] outcome<pkey_ptr> key_of_numbers(const char* type, int selection,
                                               OSSL_PARAM_BLD& numbers, std::string what);

}  // namespace twinkeep::crypto::openssl
