#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "protocol/token/parts.hpp"
#include "token_kit.hpp"

// tests/data/wycheproof: JSON Web Signatures, and keys of sets, as token::verify meets them. Their
// payloads are no claims, so what is tried is all that comes before those: the form, the header,
// the key set and the signature.
namespace twinkeep::protocol::token {

namespace {

namespace json = boost::json;

json::value read_vectors(const std::string& name) {
  std::ifstream file(std::string(TWINKEEP_TEST_DATA) + "/wycheproof/" + name + ".json");
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  return json::parse(text);
}

// The key set that an issuer would publish: the public keys, or, where there are none, what a
// careless one might publish of symmetric keys.
std::vector<issuer> issuers_of(const json::object& group) {
  const auto& key = group.contains("public") ? group.at("public") : group.at("private");
  const auto set = key.as_object().contains("keys") ? json::serialize(key)
                                                    : "{\"keys\":[" + json::serialize(key) + "]}";
  auto keys = read_key_set(as_bytes(set));
  BOOST_REQUIRE(keys.ok());
  return {{"vectors", false, "t", *std::move(keys)}};
}

bool is_accepted(const json::value& test, const std::vector<issuer>& issuers) {
  // The other serialization is an object (RFC 7515 §7.2), which no Authorization line holds.
  const auto& text = test.at("jws");
  const auto read =
      read_jws(text.is_string() ? std::string_view(text.as_string()) : std::string_view("{}"));
  return read.ok() && signers_of(read->token, issuers, provider()).ok();
}

struct tally {
  int accepted = 0;
  int refused = 0;
  bool operator==(const tally&) const = default;
};

// By the group's comment; `others`: tests whose outcome is not the file's, and is looked at by
// hand.
std::map<std::string, tally> run(const std::string& name, const std::set<std::int64_t>& others) {
  std::map<std::string, tally> by_group;
  std::set<std::int64_t> differing;
  const auto vectors = read_vectors(name);
  for (const auto& item : vectors.at("testGroups").as_array()) {
    const auto& group = item.as_object();
    const auto issuers = issuers_of(group);
    auto& counts = by_group[std::string(group.at("comment").as_string())];
    for (const auto& test : group.at("tests").as_array()) {
      const bool accepted = is_accepted(test, issuers);
      const bool valid = test.at("result").as_string() == "valid";
      ++(accepted ? counts.accepted : counts.refused);
      if (accepted != valid) differing.insert(test.at("tcId").as_int64());
    }
  }
  BOOST_TEST((differing == others));
  for (const auto id : differing) {
    if (!others.contains(id)) BOOST_TEST(false, name << ", tcId " << id << " differs");
  }
  return by_group;
}

void check(const std::map<std::string, tally>& found,
           const std::map<std::string, tally>& expected) {
  BOOST_TEST(found.size() == expected.size());
  for (const auto& [group, counts] : expected) {
    const auto it = found.find(group);
    BOOST_REQUIRE_MESSAGE(it != found.end(), group);
    BOOST_TEST((it->second == counts), group << ": " << it->second.accepted << " accepted, "
                                             << it->second.refused << " refused");
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_vectors)

BOOST_AUTO_TEST_CASE(signatures) {
  // Valid, and not accepted here: their algorithms are neither RS256 nor ES256.
  const std::set<std::int64_t> other_algorithms{
      1,                                 // HS256
      264, 265, 266, 267,                // RS384
      268, 269, 270, 271,                // RS512
      272, 273, 274, 275, 287, 288,      // PS256
      320, 321, 322, 323,                // PS384
      325, 326, 327, 328,                // PS512
      346, 350,                          // PS384, RFC 7520
      347, 351,                          // ES512, RFC 7520
      348, 352,                          // HS256, RFC 7520
      357, 358, 359, 372, 373, 376, 377  // HS256; 372 and 373 are no base64url besides
  };
  check(run("json_web_signature", other_algorithms), {{"hs256", {0, 17}},
                                                      {"es256", {1, 14}},
                                                      {"rs256", {6, 225}},
                                                      {"rs384", {0, 4}},
                                                      {"rs512", {0, 4}},
                                                      {"ps256", {0, 48}},
                                                      {"ps384", {0, 5}},
                                                      {"ps512", {0, 20}},
                                                      {"rfc7520", {1, 4}},
                                                      {"rfc7520WithKeyOps", {1, 2}},
                                                      {"rsa_encryption", {0, 2}},
                                                      {"ec_key_for_encryption", {0, 2}},
                                                      {"base64", {0, 21}},
                                                      {"SpecialCaseEs256", {1, 23}}});
}

BOOST_AUTO_TEST_CASE(keys) {
  const std::set<std::int64_t> others{
      2, 13, 14, 15,  // HMAC, valid: no symmetric key signs tokens here
      7,              // an RSA key of the ROCA kind: which keys it publishes is the issuer's charge
  };
  check(run("json_web_key", others), {{"jws_mixedSymmetryKeyset", {0, 1}},
                                      {"jws_keyset", {0, 2}},
                                      {"jws_duplicate_kid", {0, 1}},
                                      {"rs256", {1, 1}},
                                      {"jws_rsa_roca_key", {1, 0}},
                                      {"keysize_too_small", {0, 1}},
                                      {"exponentOne", {0, 1}},
                                      {"HS256", {0, 3}},
                                      {"HS384", {0, 3}},
                                      {"HS512", {0, 3}},
                                      {"wrong_algorithm", {0, 1}},
                                      {"invalid_algorithm", {0, 1}},
                                      {"invalid_use", {0, 1}},
                                      {"invalid_point", {0, 1}},
                                      {"wrong_curve", {0, 1}},
                                      {"wrong_kty", {0, 1}},
                                      {"invalid_aes_gcm_key", {0, 1}},
                                      {"invalid_aes_kw_key", {0, 1}}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::token
