#pragma once

#include <memory>

#include "crypto/algorithms.hpp"
#include "crypto/bytes.hpp"
#include "crypto/error.hpp"
#include "crypto/secret_bytes.hpp"

namespace twinkeep::crypto {

// What to generate.
struct key_spec {
  key_type type = key_type::rsa;
  unsigned modulus_bits = 2048;  // RSA: 2048, 3072, 4096
  curve crv = curve::p256;       // EC
};

// The public half, as the numbers of a JWK (RFC 7518 §6.2, §6.3): big-endian, n and e without
// leading zero octets, x and y at the curve's full width.
struct public_key {
  key_type type = key_type::rsa;
  curve crv = curve::p256;
  bytes n, e;
  bytes x, y;

  [[nodiscard]] unsigned modulus_bytes() const { return static_cast<unsigned>(n.size()); }
};

struct generated_key {
  public_key pub;
  // What load() takes again. Software keys: PKCS#8 DER in the clear (to be sealed by the barrier);
  // HSM keys: a wrapped blob.
  secret_bytes material;
};

// A key ready for use. Not thread-safe: every worker loads its own, because RSA blinding makes
// threads contend for the lock of a shared one.
class key {
 public:
  virtual ~key() = default;
  // Precondition of all: `alg` fits the key's type and curve (check_fit), else bad_input.
  // `digest` must have alg.digest_bytes.
  virtual outcome<bytes> sign(const algorithm& alg, byte_view digest) = 0;
  // A wrong signature, of whatever length, is `false` and not an error.
  virtual outcome<bool> verify(const algorithm& alg, byte_view digest, byte_view signature) = 0;
  virtual outcome<bytes> encrypt(const algorithm& alg, byte_view plaintext) = 0;
  // Every failure looks the same (refused): no padding oracle.
  virtual outcome<secret_bytes> decrypt(const algorithm& alg, byte_view ciphertext) = 0;
};

// PORT: who holds keys. OpenSSL for software keys; PKCS#11 for HSM keys. Thread-safe.
class key_provider {
 public:
  virtual ~key_provider() = default;
  virtual outcome<generated_key> generate(const key_spec& spec) = 0;
  virtual outcome<std::unique_ptr<key>> load(byte_view material) = 0;
  // A key that can only verify and encrypt.
  virtual outcome<std::unique_ptr<key>> load_public(const public_key& pub) = 0;
};

// Software keys on OpenSSL 3 (default provider). Lives in crypto/openssl/.
[[nodiscard]] std::unique_ptr<key_provider> make_openssl_provider();

// Whether the key can carry out the algorithm at all; the message names type or curve and what
// the algorithm needs.
[[nodiscard]] outcome<void> check_fit(const public_key& pub, const algorithm& alg);

}  // namespace twinkeep::crypto
