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
  unsigned octet_bits = 256;     // oct: 128, 192, 256
};

// The public half, as the numbers of a JWK (RFC 7518 §6.2, §6.3): big-endian, n and e without
// leading zero octets, x and y at the curve's full width.
struct public_key {
  key_type type = key_type::rsa;
  curve crv = curve::p256;
  bytes n, e;
  bytes x, y;
  unsigned octet_bits = 0;  // oct: has no public half, only a size

  [[nodiscard]] unsigned modulus_bytes() const { return static_cast<unsigned>(n.size()); }
};

// The private half as the members of a JWK (RFC 7518 §6): big-endian, leading zero octets allowed.
// RSA: n, e, d, and p, q, dp, dq, qi all or none. EC: crv, x, y, d. oct: k.
struct private_jwk {
  key_type type = key_type::rsa;
  curve crv = curve::p256;
  bytes n, e;
  bytes x, y;
  secret_bytes d, p, q, dp, dq, qi;
  secret_bytes k;
};

// What goes into a cipher. RSA and key wrapping take the text alone.
struct cipher_input {
  byte_view text = {};
  byte_view iv = {};   // GCM decryption: 12 bytes; CBC: 16
  byte_view aad = {};  // GCM
  byte_view tag = {};  // GCM decryption: 16 bytes
};
struct cipher_output {
  bytes text = {};
  bytes iv = {};   // GCM: made by the provider; CBC: the one given
  bytes tag = {};  // GCM
};

struct generated_key {
  public_key pub;
  // What load() takes again, told apart by its first octet. Software keys: 0x30 begins PKCS#8 DER
  // in the clear, 0x00 stands before the 16, 24 or 32 octets of a symmetric key (to be sealed by
  // the barrier, both); HSM keys: a wrapped blob.
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
  virtual outcome<cipher_output> encrypt(const algorithm& alg, const cipher_input& in) = 0;
  // Every failure looks the same (refused): no padding oracle.
  virtual outcome<secret_bytes> decrypt(const algorithm& alg, const cipher_input& in) = 0;
};

// PORT: who holds keys. OpenSSL for software keys; PKCS#11 for HSM keys. Thread-safe.
class key_provider {
 public:
  virtual ~key_provider() = default;
  virtual outcome<generated_key> generate(const key_spec& spec) = 0;
  // bad_input: numbers that do not make a key, with the member and what is wrong. unsupported: a
  // size or curve that is not served (RSA 2048, 3072, 4096; oct 128, 192, 256). Takes as long as
  // half a second for RSA 4096, whose factors are tested for being primes.
  virtual outcome<generated_key> import_key(const private_jwk& given) = 0;
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
