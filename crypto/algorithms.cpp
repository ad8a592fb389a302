#include "crypto/algorithms.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "crypto/key_provider.hpp"

namespace twinkeep::crypto {

namespace {

using enum scheme;

constexpr unsigned pkcs1_overhead = 11;  // RFC 8017 §7.2.1, §9.2

constexpr std::array rows = std::to_array<algorithm>({
    {"RSA1_5", key_type::rsa, {}, rsa_pkcs1_encryption, hash::none, 0, pkcs1_overhead},
    {"RSA-OAEP", key_type::rsa, {}, rsa_oaep, hash::sha1, 0, 42},
    {"RSA-OAEP-256", key_type::rsa, {}, rsa_oaep, hash::sha256, 0, 66},
    {"RS256", key_type::rsa, {}, rsa_pkcs1_signature, hash::sha256, 32, 0},
    {"RS384", key_type::rsa, {}, rsa_pkcs1_signature, hash::sha384, 48, 0},
    {"RS512", key_type::rsa, {}, rsa_pkcs1_signature, hash::sha512, 64, 0},
    {"PS256", key_type::rsa, {}, rsa_pss, hash::sha256, 32, 0},
    {"PS384", key_type::rsa, {}, rsa_pss, hash::sha384, 48, 0},
    {"PS512", key_type::rsa, {}, rsa_pss, hash::sha512, 64, 0},
    {"RSNULL", key_type::rsa, {}, rsa_pkcs1_raw, hash::none, 0, pkcs1_overhead},
    {"ES256", key_type::ec, curve::p256, ecdsa, hash::sha256, 32, 0},
    {"ES256K", key_type::ec, curve::p256k, ecdsa, hash::sha256, 32, 0},
    {"ES384", key_type::ec, curve::p384, ecdsa, hash::sha384, 48, 0},
    {"ES512", key_type::ec, curve::p521, ecdsa, hash::sha512, 64, 0},
    {"A128GCM", key_type::oct, {}, aes_gcm, hash::none, 0, 0, 128},
    {"A192GCM", key_type::oct, {}, aes_gcm, hash::none, 0, 0, 192},
    {"A256GCM", key_type::oct, {}, aes_gcm, hash::none, 0, 0, 256},
    {"A128CBC", key_type::oct, {}, aes_cbc, hash::none, 0, 0, 128},
    {"A192CBC", key_type::oct, {}, aes_cbc, hash::none, 0, 0, 192},
    {"A256CBC", key_type::oct, {}, aes_cbc, hash::none, 0, 0, 256},
    {"A128CBCPAD", key_type::oct, {}, aes_cbc_pad, hash::none, 0, 0, 128},
    {"A192CBCPAD", key_type::oct, {}, aes_cbc_pad, hash::none, 0, 0, 192},
    {"A256CBCPAD", key_type::oct, {}, aes_cbc_pad, hash::none, 0, 0, 256},
    {"A128KW", key_type::oct, {}, aes_key_wrap, hash::none, 0, 0, 128},
    {"A192KW", key_type::oct, {}, aes_key_wrap, hash::none, 0, 0, 192},
    {"A256KW", key_type::oct, {}, aes_key_wrap, hash::none, 0, 0, 256},
    {"CKM_AES_KEY_WRAP", key_type::oct, {}, aes_key_wrap, hash::none, 0, 0, 0},
    {"CKM_AES_KEY_WRAP_PAD", key_type::oct, {}, aes_key_wrap_pad, hash::none, 0, 0, 0},
});

constexpr std::array curve_rows = std::to_array<curve_facts>({
    {curve::p256, "P-256", "", "P-256", 32},
    {curve::p256k, "P-256K", "SECP256K1", "secp256k1", 32},
    {curve::p384, "P-384", "", "P-384", 48},
    {curve::p521, "P-521", "", "P-521", 66},
});

struct hash_facts {
  hash id;
  std::string_view openssl_name;
  unsigned digest_bytes;
};
constexpr std::array hash_rows = std::to_array<hash_facts>({
    {hash::none, "", 0},
    {hash::sha1, "SHA1", 20},
    {hash::sha256, "SHA2-256", 32},
    {hash::sha384, "SHA2-384", 48},
    {hash::sha512, "SHA2-512", 64},
});

constexpr const hash_facts& facts_of(hash h) {
  return hash_rows[static_cast<std::size_t>(h)];
}

template <class Rows>
constexpr bool stand_at_their_number(const Rows& table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].id) != i) return false;
  }
  return true;
}
static_assert(stand_at_their_number(curve_rows) && stand_at_their_number(hash_rows));

// The numbers that follow from a scheme and its hash.
constexpr bool is_well_formed(const algorithm& row) {
  const bool is_ecdsa = row.scheme == ecdsa;
  if (is_ecdsa != (row.type == key_type::ec) || is_ecdsa != row.crv.has_value()) return false;
  const auto digest_bytes = facts_of(row.hash).digest_bytes;
  const bool of_rsa = row.scheme <= rsa_pkcs1_raw;
  if (of_rsa != (row.type == key_type::rsa)) return false;
  if (row.type != key_type::oct && row.key_bits != 0) return false;
  switch (row.scheme) {
    case rsa_pkcs1_encryption:
    case rsa_pkcs1_raw:
      return row.hash == hash::none && row.digest_bytes == 0 &&
             row.rsa_overhead_bytes == pkcs1_overhead;
    case rsa_oaep:  // RFC 8017 §7.1.1
      return digest_bytes != 0 && row.digest_bytes == 0 &&
             row.rsa_overhead_bytes == 2 * digest_bytes + 2;
    case rsa_pkcs1_signature:
    case rsa_pss:
    case ecdsa:
      return digest_bytes != 0 && row.digest_bytes == digest_bytes && row.rsa_overhead_bytes == 0;
    case aes_gcm:
    case aes_cbc:
    case aes_cbc_pad:
    case aes_key_wrap:
    case aes_key_wrap_pad:
      return digest_bytes == 0 && row.digest_bytes == 0 && row.rsa_overhead_bytes == 0;
  }
  return false;
}

constexpr bool are_well_formed() {
  for (auto row = rows.begin(); row != rows.end(); ++row) {
    if (!is_well_formed(*row)) return false;
    for (auto other = rows.begin(); other != row; ++other) {
      if (other->name == row->name) return false;
    }
  }
  return true;
}
static_assert(are_well_formed());

// With its article: `crv` means something for EC only, `bits` for oct (0: any size).
std::string describe(key_type type, curve crv, unsigned bits) {
  std::string text{type == key_type::oct ? "a symmetric key" : "an "};
  if (type == key_type::oct) {
    if (bits != 0) text.append(" of ").append(std::to_string(bits)).append(" bits");
    return text;
  }
  text.append(to_string(type)).append(" key");
  if (type == key_type::ec) text.append(" of curve ").append(facts_of(crv).name);
  return text;
}

}  // namespace

std::span<const algorithm> algorithms() {
  return rows;
}

const algorithm* find_algorithm(std::string_view name) {
  const auto found = std::ranges::find(rows, name, &algorithm::name);
  return found == rows.end() ? nullptr : &*found;
}

const curve_facts& facts_of(curve id) {
  return curve_rows.at(static_cast<std::size_t>(id));
}

std::optional<curve> find_curve(std::string_view name) {
  for (const auto& row : curve_rows) {
    if (name == row.name || (!row.alias.empty() && name == row.alias)) return row.id;
  }
  return std::nullopt;
}

std::string_view to_string(key_type type) {
  constexpr std::array<std::string_view, 3> names{"RSA", "EC", "oct"};
  return names.at(static_cast<std::size_t>(type));
}

std::optional<key_type> find_key_type(std::string_view name) {
  for (const auto type : {key_type::rsa, key_type::ec, key_type::oct}) {
    if (name == to_string(type)) return type;
  }
  return std::nullopt;
}

bool algorithm::signs() const {
  switch (scheme) {
    case rsa_pkcs1_signature:
    case rsa_pss:
    case rsa_pkcs1_raw:
    case ecdsa:
      return true;
    default:
      return false;
  }
}

std::string_view openssl_name(hash h) {
  return facts_of(h).openssl_name;
}

outcome<void> check_fit(const public_key& pub, const algorithm& alg) {
  const bool fits = pub.type == alg.type && (!alg.crv || *alg.crv == pub.crv) &&
                    (alg.key_bits == 0 || alg.key_bits == pub.octet_bits);
  if (fits) return {};
  return fail(error_code::bad_input,
              std::string{alg.name} + " needs " +
                  describe(alg.type, alg.crv.value_or(curve::p256), alg.key_bits) + ", this is " +
                  describe(pub.type, pub.crv, pub.octet_bits) + ".");
}

}  // namespace twinkeep::crypto
