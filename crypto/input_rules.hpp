#pragma once

#include <span>

#include "crypto/key_provider.hpp"

// Private to crypto/: what a key asks of its input before it does anything, whoever holds it. So
// the answer to a wrong request does not depend on where the key is.
namespace twinkeep::crypto {

// The one door by which failed decryptions leave, whatever the key and the cause.
[[nodiscard]] failure<error> refused_ciphertext();

// RSA and EC. bad_input: the algorithm needs another key, or is not for this purpose.
[[nodiscard]] outcome<void> check_purpose(const public_key& pub, const algorithm& alg,
                                          bool is_signature);
// bad_input: a digest that is not of the algorithm's length, a plaintext that is too long.
[[nodiscard]] outcome<void> check_length(const public_key& pub, const algorithm& alg,
                                         std::string_view what, std::size_t size);

// What a scheme of symmetric keys asks of its parameters, in bytes.
struct cipher_mode {
  crypto::scheme scheme;
  std::size_t iv;
  std::size_t tag;
  bool makes_iv;           // when it encrypts; a caller's would be used twice one day
  std::size_t shortest;    // plaintext
  std::size_t longest;     // plaintext
  std::size_t multiple;    // plaintext
  std::size_t least_sent;  // ciphertext; EVP takes nothing at all for a success
};
[[nodiscard]] std::span<const cipher_mode> cipher_modes();

inline constexpr std::size_t block_bytes = 16;

// bad_input: what does not fit.
[[nodiscard]] outcome<const cipher_mode*> check_encryption(const public_key& pub,
                                                           const algorithm& alg,
                                                           const cipher_input& in);
// refused: a text that cannot be one of the algorithm. A caller learns from a refusal that text,
// key and the rest do not belong together, and nothing else: not even whether the length of the
// text was wrong, or its padding, or its tag.
[[nodiscard]] outcome<const cipher_mode*> check_decryption(const public_key& pub,
                                                           const algorithm& alg,
                                                           const cipher_input& in);
// Symmetric keys do not sign.
[[nodiscard]] failure<error> not_a_signature(const public_key& pub, const algorithm& alg);

}  // namespace twinkeep::crypto
