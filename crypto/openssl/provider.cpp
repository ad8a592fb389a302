#include "crypto/openssl/imported_key.hpp"
#include "crypto/openssl/key_material.hpp"
#include "crypto/openssl/software_key.hpp"
#include "crypto/openssl/symmetric_key.hpp"

namespace twinkeep::crypto {

namespace {

using openssl::software_key;

outcome<std::unique_ptr<key>> ready(outcome<openssl::pkey_ptr> parsed, software_key::half has) {
  if (!parsed) return failure{std::move(parsed).error()};
  auto pub = openssl::public_half_of(**parsed);
  if (!pub) return failure{std::move(pub).error()};
  return std::unique_ptr<key>(
      std::make_unique<software_key>(std::move(*parsed), std::move(*pub), has));
}

outcome<generated_key> written(outcome<openssl::pkey_ptr> pair) {
  if (!pair) return failure{std::move(pair).error()};
  auto pub = openssl::public_half_of(**pair);
  if (!pub) return failure{std::move(pub).error()};
  auto material = openssl::write_private(**pair);
  if (!material) return failure{std::move(material).error()};
  return generated_key{std::move(*pub), std::move(*material)};
}

class openssl_provider final : public key_provider {
 public:
  outcome<generated_key> generate(const key_spec& spec) override {
    const openssl::error_scope errors;
    if (spec.type == key_type::oct) return openssl::generate_symmetric(spec.octet_bits);
    return written(openssl::generate_pair(spec));
  }

  outcome<generated_key> import_key(const private_jwk& given) override {
    const openssl::error_scope errors;
    if (given.type == key_type::oct) return openssl::import_symmetric(given);
    return written(given.type == key_type::rsa ? openssl::import_rsa(given)
                                               : openssl::import_ec(given));
  }

  outcome<std::unique_ptr<key>> load(byte_view material) override {
    const openssl::error_scope errors;
    if (openssl::is_symmetric(material)) return openssl::read_symmetric(material);
    return ready(openssl::read_private(material), software_key::half::pair);
  }

  outcome<std::unique_ptr<key>> load_public(const public_key& pub) override {
    const openssl::error_scope errors;
    return ready(openssl::read_public(pub), software_key::half::public_only);
  }
};

}  // namespace

std::unique_ptr<key_provider> make_openssl_provider() {
  return std::make_unique<openssl_provider>();
}

}  // namespace twinkeep::crypto
