#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace twinkeep::crypto {

enum class key_type { rsa, ec, oct };
enum class curve { p256, p256k, p384, p521 };
enum class hash { none, sha1, sha256, sha384, sha512 };

// How an algorithm turns its input into its output.
enum class scheme {
  rsa_pkcs1_encryption,  // RFC 8017 §7.2
  rsa_oaep,              // RFC 8017 §7.1, MGF1 with the same hash, empty label
  rsa_pkcs1_signature,   // RFC 8017 §8.2 over a given digest
  rsa_pss,               // RFC 8017 §8.1, MGF1 with the same hash, salt as long as the digest
  rsa_pkcs1_raw,         // block type 1 padding over the input as it is, no DigestInfo ("RSNULL")
  ecdsa,                 // FIPS 186-4 over a given digest; signature is r || s, fixed width
  aes_gcm,               // NIST SP 800-38D, iv of 12 and tag of 16 bytes
  aes_cbc,               // NIST SP 800-38A §6.2, whole blocks only
  aes_cbc_pad,           // the same with PKCS#7 padding (RFC 5652 §6.3)
  aes_key_wrap,          // RFC 3394
  aes_key_wrap_pad,      // RFC 5649
};

// A row of THE algorithm table: everything about a JWA name (RFC 7518 §3.1, §4.1; RFC 8812 for
// ES256K) that routing, checks and providers need. Nobody else switches on the name.
struct algorithm {
  std::string_view name;
  key_type type;
  std::optional<curve> crv;  // EC: the one curve that it goes with
  crypto::scheme scheme;
  crypto::hash hash;
  unsigned digest_bytes;        // signatures: required input length; 0: not a fixed length
  unsigned rsa_overhead_bytes;  // encryption, RSNULL: longest input is modulus size less this
  unsigned key_bits = 0;        // oct: the one size that it goes with; 0: any

  [[nodiscard]] bool signs() const;
  // Wraps keys and nothing else (RFC 3394, RFC 5649).
  [[nodiscard]] bool wraps_only() const {
    return scheme == scheme::aes_key_wrap || scheme == scheme::aes_key_wrap_pad;
  }
};

[[nodiscard]] std::span<const algorithm> algorithms();
[[nodiscard]] const algorithm* find_algorithm(std::string_view name);  // nullptr: unknown

// A row of the curve table (RFC 7518 §6.2.1.1, RFC 8812 §3.1).
struct curve_facts {
  crypto::curve id;
  std::string_view name;          // "P-256"; what answers say
  std::string_view alias;         // another name accepted on input, or empty
  std::string_view openssl_name;  // "P-256", "secp256k1"
  unsigned coordinate_bytes;      // 32, 32, 48, 66
};
[[nodiscard]] const curve_facts& facts_of(curve id);
[[nodiscard]] std::optional<curve> find_curve(std::string_view name);

[[nodiscard]] std::optional<key_type> find_key_type(std::string_view name);  // exact
[[nodiscard]] std::string_view to_string(key_type type);                     // "RSA", "EC", "oct"
[[nodiscard]] std::string_view openssl_name(hash h);                         // "SHA2-256", ...

}  // namespace twinkeep::crypto
