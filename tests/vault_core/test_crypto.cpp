// Keys and an authority for the tests of this folder.
#include <map>

#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

class thrifty_provider : public crypto::key_provider {
 public:
  crypto::outcome<crypto::generated_key> generate(const crypto::key_spec& spec) override {
    if (spec.type != crypto::key_type::rsa) return real_->generate(spec);
    auto known = rsa_.find(spec.modulus_bits);
    if (known == rsa_.end()) {
      auto made = real_->generate(spec);
      if (!made) return made;
      known = rsa_.emplace(spec.modulus_bits, std::move(*made)).first;
    }
    const auto& [pub, material] = known->second;
    return crypto::generated_key{pub, crypto::secret_bytes::copy_of(material.view())};
  }
  crypto::outcome<crypto::generated_key> import_key(const crypto::private_jwk& given) override {
    return real_->import_key(given);
  }
  crypto::outcome<std::unique_ptr<crypto::key>> load(byte_view material) override {
    return real_->load(material);
  }
  crypto::outcome<std::unique_ptr<crypto::key>> load_public(
      const crypto::public_key& pub) override {
    return real_->load_public(pub);
  }

 private:
  std::unique_ptr<crypto::key_provider> real_ = crypto::make_openssl_provider();
  std::map<unsigned, crypto::generated_key> rsa_;
};

}  // namespace

crypto::key_provider& provider() {
  static thrifty_provider one;
  return one;
}

const crypto::certified_key& authority() {
  static const auto made =
      crypto::make_certificate_authority("Test authority", 1'700'000'000, 2'600'000'000);
  BOOST_REQUIRE_MESSAGE(made.ok(), why(made));
  return *made;
}

// RFC 5915 §3: version 1, and the scalar in an OCTET STRING of 32 octets.
byte_view scalar_of(byte_view material) {
  constexpr std::string_view before{"\x02\x01\x01\x04\x20", 5};
  const auto at = as_text(material).find(before);
  BOOST_REQUIRE(at != std::string_view::npos);
  return material.subspan(at + before.size(), 32);
}

crypto::private_jwk ec_jwk() {
  const auto made = *provider().generate(ec_256);
  crypto::private_jwk jwk;
  jwk.type = crypto::key_type::ec;
  jwk.crv = made.pub.crv;
  jwk.x = made.pub.x;
  jwk.y = made.pub.y;
  jwk.d = crypto::secret_bytes::copy_of(scalar_of(made.material.view()));
  return jwk;
}

crypto::secret_bytes pem_bundle(const crypto::key_spec& spec) {
  const auto made = *provider().generate(spec);
  crypto::certificate_content content;
  content.subject = "CN=brought";
  content.usages = {crypto::key_usage::digital_signature};
  const auto leaf =
      crypto::self_sign(made.material.view(), content, {1'799'999'000, 1'799'999'000 + 365 * day});
  BOOST_REQUIRE_MESSAGE(leaf.ok(), why(leaf));
  auto pem = crypto::write_pem_bundle(made.material.view(), {*leaf});
  BOOST_REQUIRE_MESSAGE(pem.ok(), why(pem));
  return std::move(*pem);
}

std::vector<bytes> signed_outside(const protocol::pending_operation& operation,
                                  protocol::unix_seconds now) {
  auto chain = crypto::issue_certificate(authority(), operation.csr, operation.policy.x509,
                                         {now, now + 100 * day});
  BOOST_REQUIRE_MESSAGE(chain.ok(), why(chain));
  return std::move(*chain);
}

}  // namespace twinkeep::vault_tests
