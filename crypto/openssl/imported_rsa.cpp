#include <openssl/core_names.h>

#include <array>

#include "crypto/openssl/imported_key.hpp"
#include "crypto/openssl/key_material.hpp"
#include "crypto/openssl/numbers.hpp"
#include "crypto/openssl/rsa_factors.hpp"

namespace twinkeep::crypto::openssl {

namespace {

constexpr std::size_t longest_number = 4096 / 8;

// With more, OpenSSL does not verify by a modulus beyond 3072 bits, and every verification by a
// huge one is work for whoever has the public key.
constexpr int longest_exponent_bits = 64;

struct member {
  std::string_view name;
  const char* parameter;
  bn_ptr rsa_numbers::*number;
  secret_bytes private_jwk::*given;
};
constexpr std::size_t exponent = 0;  // the first; the others come all or none
constexpr std::array secret_members = std::to_array<member>({
    {"d", OSSL_PKEY_PARAM_RSA_D, &rsa_numbers::d, &private_jwk::d},
    {"p", OSSL_PKEY_PARAM_RSA_FACTOR1, &rsa_numbers::p, &private_jwk::p},
    {"q", OSSL_PKEY_PARAM_RSA_FACTOR2, &rsa_numbers::q, &private_jwk::q},
    {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1, &rsa_numbers::dp, &private_jwk::dp},
    {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2, &rsa_numbers::dq, &private_jwk::dq},
    {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1, &rsa_numbers::qi, &private_jwk::qi},
});

failure<error> wrong(std::string_view what) {
  return fail(error_code::bad_input, "RSA key: " + std::string{what});
}

failure<error> wrong_length(std::string_view name, std::string_view expected, std::size_t found,
                            std::string_view unit) {
  std::string text{"expected "};
  text.append(name).append(" of ").append(expected).append(", found ");
  return wrong(text.append(std::to_string(found)).append(unit));
}

outcome<byte_view> significant(std::string_view name, byte_view given) {
  if (given.empty()) return wrong(std::string{name} + " is missing");
  const auto octets = without_leading_zeros(given);
  if (octets.size() <= longest_number) return octets;
  return wrong_length(name, "at most " + std::to_string(longest_number) + " bytes", octets.size(),
                      " bytes");
}

outcome<void> read_public(byte_view given_n, byte_view given_e, rsa_numbers& key) {
  const auto n = significant("n", given_n);
  if (!n) return failure{n.error()};
  const auto e = significant("e", given_e);
  if (!e) return failure{e.error()};
  key.n = number(*n);
  key.e = number(*e);
  if (key.n == nullptr || key.e == nullptr) {
    return library_failure(error_code::unavailable, "RSA key");
  }
  const auto bits = static_cast<unsigned>(BN_num_bits(key.n.get()));
  if (!is_served_modulus(bits)) {
    return fail(error_code::unsupported,
                "RSA key: expected n of 2048, 3072 or 4096 bits, found " + std::to_string(bits));
  }
  if (BN_is_odd(key.n.get()) == 0) return wrong("n is even");
  if (BN_is_odd(key.e.get()) == 0 || BN_is_one(key.e.get()) == 1) {
    return wrong("expected e to be odd and greater than 1");
  }
  const int e_bits = BN_num_bits(key.e.get());
  if (e_bits > longest_exponent_bits) {
    return wrong_length("e", "at most " + std::to_string(longest_exponent_bits) + " bits",
                        static_cast<std::size_t>(e_bits), " bits");
  }
  return {};
}

outcome<void> read_secret(const private_jwk& given, rsa_numbers& key, bool has_factors) {
  for (const auto& m : secret_members) {
    if (&m != &secret_members[exponent] && !has_factors) break;
    const auto octets = significant(m.name, (given.*m.given).view());
    if (!octets) return failure{octets.error()};
    key.*m.number = secret_number(*octets);
    if (key.*m.number == nullptr) return library_failure(error_code::unavailable, "RSA key");
  }
  if (BN_cmp(key.d.get(), key.n.get()) >= 0 || BN_is_odd(key.d.get()) == 0) {
    return wrong("expected d to be odd and less than n");
  }
  return {};
}

// Neither: RFC 7518 §6.3.2 wants all of the others where there is one.
outcome<bool> brings_factors(const private_jwk& given) {
  std::string_view missing;
  std::string_view found;
  for (const auto& m : secret_members) {
    if (&m == &secret_members[exponent]) continue;
    ((given.*m.given).empty() ? missing : found) = m.name;
  }
  if (missing.empty() || found.empty()) return missing.empty();
  return wrong("expected p, q, dp, dq and qi all or none, found " + std::string{found} +
               " without " + std::string{missing});
}

outcome<pkey_ptr> assemble(const rsa_numbers& key) {
  const param_builder_ptr numbers{OSSL_PARAM_BLD_new()};
  bool pushed = numbers != nullptr &&
                OSSL_PARAM_BLD_push_BN(numbers.get(), OSSL_PKEY_PARAM_RSA_N, key.n.get()) == 1 &&
                OSSL_PARAM_BLD_push_BN(numbers.get(), OSSL_PKEY_PARAM_RSA_E, key.e.get()) == 1;
  for (const auto& m : secret_members) {
    pushed =
        pushed && OSSL_PARAM_BLD_push_BN(numbers.get(), m.parameter, (key.*m.number).get()) == 1;
  }
  if (!pushed) return library_failure(error_code::unavailable, "RSA key");
  return key_of_numbers("RSA", EVP_PKEY_KEYPAIR, *numbers, "RSA key");
}

}  // namespace

outcome<void> check_public_rsa(byte_view n, byte_view e) {
  rsa_numbers key;
  return read_public(n, e, key);
}

outcome<pkey_ptr> import_rsa(const private_jwk& given) {
  rsa_numbers key;
  if (auto read = read_public(given.n, given.e, key); !read) return failure{read.error()};
  const auto has_factors = brings_factors(given);
  if (!has_factors) return failure{has_factors.error()};
  if (auto read = read_secret(given, key, *has_factors); !read) return failure{read.error()};
  if (!*has_factors) {
    if (auto found = recover_factors(key); !found) return failure{found.error()};
  }
  if (auto fits = check_factors(key); !fits) return failure{fits.error()};
  if (auto fits = complete(key); !fits) return failure{fits.error()};

  auto pair = assemble(key);
  if (!pair) return pair;
  // What is left is whether p and q are primes; OpenSSL goes through all the rest once more.
  const pkey_ctx_ptr ctx{EVP_PKEY_CTX_new_from_pkey(nullptr, pair->get(), nullptr)};
  if (ctx == nullptr) return library_failure(error_code::unavailable, "RSA key");
  if (EVP_PKEY_pairwise_check(ctx.get()) != 1) {
    return library_failure(error_code::bad_input, "RSA key");
  }
  return pair;
}

}  // namespace twinkeep::crypto::openssl
