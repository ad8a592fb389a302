#include "crypto/openssl/key_material.hpp"

#include <openssl/core_names.h>

#include <algorithm>
#include <array>

#include "crypto/openssl/numbers.hpp"

namespace twinkeep::crypto::openssl {

namespace {

// RFC 7518 §3.3: at least 2048. The upper bound keeps a token's foreign key from taking a CPU.
constexpr unsigned smallest_modulus_bits = 2048;
constexpr unsigned largest_modulus_bits = 8192;

constexpr std::uint8_t uncompressed_point = 4;  // SEC 1 §2.3.3

bn_ptr number_of(const EVP_PKEY& key, const char* name) {
  BIGNUM* value = nullptr;
  EVP_PKEY_get_bn_param(&key, name, &value);
  return bn_ptr{value};
}

outcome<public_key> rsa_numbers(const EVP_PKEY& key) {
  const auto bits = static_cast<unsigned>(EVP_PKEY_get_bits(&key));
  if (bits < smallest_modulus_bits || bits > largest_modulus_bits) {
    return fail(error_code::unsupported,
                "RSA key: expected " + std::to_string(smallest_modulus_bits) + " to " +
                    std::to_string(largest_modulus_bits) + " bits, found " + std::to_string(bits));
  }
  const auto n = number_of(key, OSSL_PKEY_PARAM_RSA_N);
  const auto e = number_of(key, OSSL_PKEY_PARAM_RSA_E);
  if (n == nullptr || e == nullptr) return library_failure(error_code::corrupt, "RSA key");
  if (BN_is_odd(n.get()) == 0 || BN_is_odd(e.get()) == 0 || BN_is_one(e.get()) == 1) {
    return fail(error_code::bad_input, "RSA key: expected an odd modulus and an odd exponent > 1");
  }
  public_key pub;
  pub.type = key_type::rsa;
  pub.n = octets(*n, static_cast<std::size_t>(BN_num_bytes(n.get())));
  pub.e = octets(*e, static_cast<std::size_t>(BN_num_bytes(e.get())));
  return pub;
}

// By number: OpenSSL answers with a name of its own choice, which need not be the table's.
std::optional<curve> curve_of(const EVP_PKEY& key) {
  std::array<char, 64> name{};
  if (EVP_PKEY_get_group_name(&key, name.data(), name.size(), nullptr) != 1) return std::nullopt;
  const int number = curve_number(name.data());
  for (const auto id : {curve::p256, curve::p256k, curve::p384, curve::p521}) {
    if (number != NID_undef && number == curve_number(facts_of(id).openssl_name.data())) return id;
  }
  return std::nullopt;
}

outcome<public_key> ec_numbers(const EVP_PKEY& key) {
  const auto crv = curve_of(key);
  if (!crv) return fail(error_code::unsupported, "EC key: none of the supported curves");
  const auto x = number_of(key, OSSL_PKEY_PARAM_EC_PUB_X);
  const auto y = number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y);
  if (x == nullptr || y == nullptr) return library_failure(error_code::corrupt, "EC key");
  public_key pub;
  pub.type = key_type::ec;
  pub.crv = *crv;
  pub.x = octets(*x, facts_of(*crv).coordinate_bytes);
  pub.y = octets(*y, facts_of(*crv).coordinate_bytes);
  return pub;
}

outcome<pkey_ptr> read_rsa(const public_key& pub) {
  if (pub.n.size() > largest_modulus_bits / 8 || pub.e.size() > pub.n.size()) {
    return fail(error_code::unsupported, "RSA public key: its numbers are too long");
  }
  const auto n = number(pub.n);
  const auto e = number(pub.e);
  const param_builder_ptr numbers{OSSL_PARAM_BLD_new()};
  if (n == nullptr || e == nullptr || numbers == nullptr ||
      OSSL_PARAM_BLD_push_BN(numbers.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(numbers.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return library_failure(error_code::unavailable, "RSA public key");
  }
  return key_of_numbers("RSA", EVP_PKEY_PUBLIC_KEY, *numbers, "RSA public key");
}

}  // namespace

bool is_served_modulus(unsigned bits) {
  return bits == 2048 || bits == 3072 || bits == 4096;
}

outcome<pkey_ptr> generate_pair(const key_spec& spec) {
  pkey_ptr pair;
  if (spec.type == key_type::rsa) {
    if (!is_served_modulus(spec.modulus_bits)) {
      return fail(error_code::unsupported, "RSA key: expected 2048, 3072 or 4096 bits, found " +
                                               std::to_string(spec.modulus_bits));
    }
    pair.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{spec.modulus_bits}));
  } else {
    pair.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", facts_of(spec.crv).openssl_name.data()));
  }
  if (pair == nullptr) return library_failure(error_code::unavailable, "key generation");
  return pair;
}

outcome<secret_bytes> write_private(const EVP_PKEY& pair) {
  const encoder_ctx_ptr ctx{
      OSSL_ENCODER_CTX_new_for_pkey(&pair, EVP_PKEY_KEYPAIR, "DER", "PrivateKeyInfo", nullptr)};
  unsigned char* der = nullptr;
  std::size_t size = 0;
  if (ctx == nullptr || OSSL_ENCODER_to_data(ctx.get(), &der, &size) != 1) {
    return library_failure(error_code::unavailable, "private key cannot be written");
  }
  auto out = secret_bytes::copy_of({der, size});
  OPENSSL_clear_free(der, size);
  return out;
}

outcome<pkey_ptr> read_private(byte_view der) {
  const auto* at = der.data();
  const pkcs8_ptr info{d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size()))};
  if (info == nullptr || at != der.data() + der.size()) {
    return fail(error_code::corrupt, "private key: expected PKCS#8 DER and nothing behind it");
  }
  pkey_ptr pair{EVP_PKCS82PKEY_ex(info.get(), nullptr, nullptr)};
  if (pair == nullptr) return library_failure(error_code::corrupt, "private key");
  return pair;
}

outcome<public_key> public_half_of(const EVP_PKEY& key) {
  if (EVP_PKEY_is_a(&key, "RSA") == 1) return rsa_numbers(key);
  if (EVP_PKEY_is_a(&key, "EC") == 1) return ec_numbers(key);
  return fail(error_code::unsupported, "key: expected RSA or EC, found another type");
}

outcome<pkey_ptr> read_ec(const public_key& pub, const BIGNUM* d) {
  const auto& facts = facts_of(pub.crv);
  if (pub.x.size() != facts.coordinate_bytes || pub.y.size() != facts.coordinate_bytes) {
    return fail(error_code::bad_input, "EC key: expected x and y of " +
                                           std::to_string(facts.coordinate_bytes) +
                                           " bytes, found " + std::to_string(pub.x.size()) +
                                           " and " + std::to_string(pub.y.size()));
  }
  bytes point{uncompressed_point};
  point.insert(point.end(), pub.x.begin(), pub.x.end());
  point.insert(point.end(), pub.y.begin(), pub.y.end());
  const param_builder_ptr numbers{OSSL_PARAM_BLD_new()};
  if (numbers == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(numbers.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                      facts.openssl_name.data(), 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(numbers.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1 ||
      (d != nullptr && OSSL_PARAM_BLD_push_BN(numbers.get(), OSSL_PKEY_PARAM_PRIV_KEY, d) != 1)) {
    return library_failure(error_code::unavailable, "EC key");
  }
  return key_of_numbers("EC", d == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, *numbers,
                        "EC key: x and y");
}

outcome<pkey_ptr> read_public(const public_key& pub) {
  if (pub.type == key_type::oct) {
    return fail(error_code::bad_input, "public key: a symmetric key has no public half");
  }
  return pub.type == key_type::rsa ? read_rsa(pub) : read_ec(pub, nullptr);
}

}  // namespace twinkeep::crypto::openssl
