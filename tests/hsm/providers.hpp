#pragma once

#include <tuple>

#include "kit.hpp"

// The cases of tests/crypto for every provider, on tokens: what one token makes another one of its
// world uses.
namespace twinkeep::test {

class two_tokens final : public crypto::key_provider {
 public:
  crypto::outcome<crypto::generated_key> generate(const crypto::key_spec& spec) override {
    return tokens().first->generate(spec);
  }
  crypto::outcome<crypto::generated_key> import_key(const crypto::private_jwk& given) override {
    return tokens().first->import_key(given);
  }
  crypto::outcome<std::unique_ptr<crypto::key>> load(byte_view material) override {
    if (auto done = tokens().second->install(material, "a test's"); !done) {
      return failure{done.error()};
    }
    return tokens().second->load(material);
  }
  crypto::outcome<std::unique_ptr<crypto::key>> load_public(
      const crypto::public_key& pub) override {
    return tokens().second->load_public(pub);
  }
};

struct softhsm_tokens {
  static std::unique_ptr<crypto::key_provider> make() { return std::make_unique<two_tokens>(); }
};
using providers = std::tuple<softhsm_tokens>;

}  // namespace twinkeep::test
