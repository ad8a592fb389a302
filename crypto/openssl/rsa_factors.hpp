#pragma once

#include "crypto/error.hpp"
#include "crypto/openssl/handles.hpp"

// Private to crypto/: the arithmetic of an RSA key that somebody else made (RFC 8017 §3.2).
namespace twinkeep::crypto::openssl {

struct rsa_numbers {
  bn_ptr n, e, d;
  bn_ptr p, q, dp, dq, qi;  // nullptr: not known
};

// p and q, the greater one first, from an odd n, e and d. bad_input: d does not belong to n and e.
[[nodiscard]] outcome<void> recover_factors(rsa_numbers& key);

// bad_input: p and q are not of half the length of n each, are (nearly) the same, or have another
// product.
[[nodiscard]] outcome<void> check_factors(const rsa_numbers& key);

// dp, dq and qi, or bad_input where they are known and are others. After check_factors.
[[nodiscard]] outcome<void> complete(rsa_numbers& key);

}  // namespace twinkeep::crypto::openssl
