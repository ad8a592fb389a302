#include <set>

#include "crypto/key_provider.hpp"
#include "support.hpp"

// tests/data/known_answers, computed without OpenSSL.
namespace twinkeep::crypto {

namespace {

struct fixture {
  boost::json::value answers = test::read_json("known_answers/answers.json");
  std::unique_ptr<key_provider> provider = make_openssl_provider();
  std::unique_ptr<key> rsa = test::must(provider->load(test::from_hex(answers.at("pkcs8"))));

  [[nodiscard]] const auto& cases(std::string_view of) { return answers.at(of).as_array(); }
};

const algorithm& named(const boost::json::value& name) {
  return *find_algorithm(std::string_view{name.as_string()});
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(known_answers, fixture)

BOOST_AUTO_TEST_CASE(rsa1_5_and_rsa_oaep_256_decrypt_and_refuse) {
  std::set<std::string> refusals;
  for (const auto& c : cases("decrypt")) {
    const auto plain =
        rsa->decrypt(named(c.at("alg")), {.text = test::from_hex(c.at("ciphertext"))});
    const auto* expected = c.as_object().if_contains("plaintext");
    BOOST_TEST_CONTEXT(c.at("alg") << ", " << c.at("comment")) {
      BOOST_TEST(plain.ok() == (expected != nullptr));
      if (plain.ok() && expected != nullptr) {
        BOOST_TEST(test::equal(plain->view(), test::from_hex(*expected)));
      }
      if (!plain.ok()) {
        BOOST_TEST((plain.error().code == error_code::refused));
        refusals.insert(plain.error().message);
      }
    }
  }
  BOOST_TEST(refusals.size() == 1u, "refusals tell their reason");
}

BOOST_AUTO_TEST_CASE(rsnull_signs_the_input_as_it_is) {
  const auto& alg = *find_algorithm("RSNULL");
  for (const auto& c : cases("rsnull")) {
    const auto digest = test::from_hex(c.at("digest"));
    const auto signature = test::from_hex(c.at("signature"));
    BOOST_TEST((test::must(rsa->sign(alg, digest)) == signature));
    BOOST_TEST(test::must(rsa->verify(alg, digest, signature)));
  }
}

BOOST_AUTO_TEST_CASE(es256k_and_es384_verify) {
  std::set<std::string_view> covered;
  for (const auto& c : cases("ecdsa")) {
    const auto& alg = named(c.at("alg"));
    covered.insert(alg.name);
    public_key pub;
    pub.type = key_type::ec;
    pub.crv = *alg.crv;
    pub.x = test::from_hex(c.at("x"));
    pub.y = test::from_hex(c.at("y"));
    const auto key = test::must(provider->load_public(pub));
    auto digest = test::from_hex(c.at("digest"));
    const auto signature = test::from_hex(c.at("signature"));
    BOOST_TEST(test::must(key->verify(alg, digest, signature)));
    digest[0] ^= 1;
    BOOST_TEST(!test::must(key->verify(alg, digest, signature)));
  }
  BOOST_TEST((covered == std::set<std::string_view>{"ES256K", "ES384"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
