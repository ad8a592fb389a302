#include "crypto/openssl/key_material.hpp"
#include "crypto/openssl/software_key.hpp"

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

class openssl_provider final : public key_provider {
 public:
  outcome<generated_key> generate(const key_spec& spec) override {
    const openssl::error_scope errors;
    const auto pair = openssl::generate_pair(spec);
    if (!pair) return failure{pair.error()};
    auto pub = openssl::public_half_of(**pair);
    if (!pub) return failure{std::move(pub).error()};
    auto material = openssl::write_private(**pair);
    if (!material) return failure{std::move(material).error()};
    return generated_key{std::move(*pub), std::move(*material)};
  }

  outcome<generated_key> import_key(const private_jwk&) override {
    return fail(error_code::unsupported, "keys cannot be imported yet");
  }

  outcome<std::unique_ptr<key>> load(byte_view material) override {
    const openssl::error_scope errors;
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
