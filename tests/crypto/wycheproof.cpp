#include <map>

#include "crypto/key_provider.hpp"
#include "support.hpp"

// tests/data/wycheproof: every file through the port, as the service uses it.
namespace twinkeep::crypto {

namespace {

namespace json = boost::json;

std::string_view text(const json::value& of, std::string_view member) {
  return of.at(member).as_string();
}

bool is_valid(const json::value& test) {
  return text(test, "result") == "valid";
}

struct tally {
  int valid = 0;
  int invalid = 0;

  void count(bool is_valid) { ++(is_valid ? valid : invalid); }
};

struct fixture {
  std::unique_ptr<key_provider> provider = make_openssl_provider();

  // A file of one algorithm, whose tests have a message and a signature.
  tally verify_all(std::string_view file, std::string_view alg_name,
                   public_key (*read_key)(const json::value& group)) {
    tally done;
    const auto& alg = *find_algorithm(alg_name);
    const auto content = test::read_json(file);
    for (const auto& group : content.at("testGroups").as_array()) {
      const auto key = test::must(provider->load_public(read_key(group)));
      for (const auto& t : group.at("tests").as_array()) {
        const auto digest = test::digest_of(alg.hash, test::from_hex(t.at("msg")));
        const bool verified = test::must(key->verify(alg, digest, test::from_hex(t.at("sig"))));
        BOOST_TEST(verified == is_valid(t), file << ", tcId " << t.at("tcId"));
        done.count(is_valid(t));
      }
    }
    return done;
  }
};

public_key rsa_of_group(const json::value& group) {
  public_key pub;
  const auto& key = group.at("publicKey");
  pub.n = test::without_leading_zeros(test::from_hex(key.at("modulus")));
  pub.e = test::without_leading_zeros(test::from_hex(key.at("publicExponent")));
  return pub;
}

public_key p256_of_group(const json::value& group) {
  public_key pub;
  pub.type = key_type::ec;
  pub.crv = curve::p256;
  const auto point = test::from_hex(group.at("publicKey").at("uncompressed"));
  pub.x.assign(point.begin() + 1, point.begin() + 33);
  pub.y.assign(point.begin() + 33, point.end());
  return pub;
}

public_key of_jwk(const json::value& jwk) {
  public_key pub;
  if (text(jwk, "kty") == "RSA") {
    pub.n = test::from_base64url(jwk.at("n"));
    pub.e = test::from_base64url(jwk.at("e"));
  } else {
    pub.type = key_type::ec;
    pub.crv = *find_curve(text(jwk, "crv"));
    pub.x = test::from_base64url(jwk.at("x"));
    pub.y = test::from_base64url(jwk.at("y"));
  }
  return pub;
}

// A JWS in compact form; no value if it is none, which is not for a key to judge.
struct token {
  std::string alg;
  std::string_view signing_input;
  bytes signature;
};
std::optional<token> parse(std::string_view jws) {
  const auto first = jws.find('.');
  const auto last = jws.rfind('.');
  if (first == last || jws.find('.', first + 1) != last) return std::nullopt;
  const auto header = base64url_decode(jws.substr(0, first));
  auto signature = base64url_decode(jws.substr(last + 1));
  if (!header || !signature) return std::nullopt;
  boost::system::error_code failed;
  const auto parsed = json::parse(as_text(*header), failed);
  if (failed || !parsed.is_object()) return std::nullopt;
  const auto* alg = parsed.as_object().if_contains("alg");
  if (alg == nullptr) return std::nullopt;
  return token{std::string{alg->as_string()}, jws.substr(0, last), std::move(*signature)};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(wycheproof, fixture)

BOOST_AUTO_TEST_CASE(es256_verifies) {
  const auto done =
      verify_all("wycheproof/ecdsa_secp256r1_sha256_p1363.json", "ES256", p256_of_group);
  BOOST_TEST(done.valid == 173);
  BOOST_TEST(done.invalid == 89);
}

BOOST_AUTO_TEST_CASE(rs256_verifies) {
  const auto done = verify_all("wycheproof/rsa_signature_2048_sha256.json", "RS256", rsa_of_group);
  BOOST_TEST(done.valid == 9);
  BOOST_TEST(done.invalid == 250);  // with the one acceptable, a DigestInfo without its NULL
}

BOOST_AUTO_TEST_CASE(ps256_verifies) {
  const auto done =
      verify_all("wycheproof/rsa_pss_2048_sha256_mgf1_32.json", "PS256", rsa_of_group);
  BOOST_TEST(done.valid == 63);
  BOOST_TEST(done.invalid == 45);
}

BOOST_AUTO_TEST_CASE(rsa_oaep_decrypts_what_has_no_label) {
  tally done;
  const auto& alg = *find_algorithm("RSA-OAEP");
  const auto content = test::read_json("wycheproof/rsa_oaep_2048_sha1_mgf1sha1.json");
  for (const auto& group : content.at("testGroups").as_array()) {
    const auto key = test::must(provider->load(test::from_hex(group.at("privateKeyPkcs8"))));
    for (const auto& t : group.at("tests").as_array()) {
      const bool expected = is_valid(t) && text(t, "label").empty();
      const auto plain = key->decrypt(alg, {.text = test::from_hex(t.at("ct"))});
      BOOST_TEST(plain.ok() == expected, "tcId " << t.at("tcId"));
      if (plain.ok()) BOOST_TEST(test::equal(plain->view(), test::from_hex(t.at("msg"))));
      if (!plain.ok()) BOOST_TEST((plain.error().code == error_code::refused));
      done.count(expected);
    }
  }
  BOOST_TEST(done.valid == 10);
  BOOST_TEST(done.invalid == 26);
}

BOOST_AUTO_TEST_CASE(signatures_of_tokens_verify) {
  std::map<std::string, tally> by_algorithm;
  const auto content = test::read_json("wycheproof/json_web_signature.json");
  for (const auto& group : content.at("testGroups").as_array()) {
    const auto* jwk = group.as_object().if_contains("public");
    if (jwk == nullptr) continue;
    const auto pub = of_jwk(*jwk);
    const auto key = test::must(provider->load_public(pub));
    for (const auto& t : group.at("tests").as_array()) {
      if (!t.at("jws").is_string()) continue;
      const auto token = parse(text(t, "jws"));
      const auto* alg = token ? find_algorithm(token->alg) : nullptr;
      if (alg == nullptr || !check_fit(pub, *alg)) continue;
      // What a key may be used for besides its type is the token reader's rule.
      const auto* meant_for = jwk->as_object().if_contains("alg");
      if (!is_valid(t) && (meant_for == nullptr || meant_for->as_string() != token->alg)) continue;
      const auto digest = test::digest_of(alg->hash, as_bytes(token->signing_input));
      const bool verified = test::must(key->verify(*alg, digest, token->signature));
      BOOST_TEST(verified == is_valid(t), "tcId " << t.at("tcId"));
      by_algorithm[token->alg].count(is_valid(t));
    }
  }
  for (const auto* name :
       {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES512"}) {
    BOOST_TEST(by_algorithm[name].valid > 0, name << " was never met");
  }
  BOOST_TEST(by_algorithm["RS256"].invalid > 200);
  BOOST_TEST(by_algorithm["PS256"].invalid > 40);
  BOOST_TEST(by_algorithm["ES256"].invalid > 20);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
