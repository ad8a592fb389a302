#include <vector>

#include "token_kit.hpp"

namespace twinkeep::protocol::token {

using test::has;
using test::said;

namespace {

const std::string good_header = R"({"typ":"JWT","alg":"RS256","kid":"k"})";
const std::string good_payload = R"({"exp":100})";
const std::string prefix = "Unauthorized: AKV10001: The token is not a valid JSON Web Token: ";

// Any signature: parsing does not look at it.
std::string unsigned_token(std::string_view header, std::string_view payload) {
  return encoded(header) + '.' + encoded(payload) + ".AAAA";
}

std::string with_header(std::string_view header) {
  return said(parse(unsigned_token(header, good_payload)));
}

std::string with_payload(std::string_view payload) {
  return said(parse(unsigned_token(good_header, payload)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_parsing)

BOOST_AUTO_TEST_CASE(every_claim_is_read) {
  const auto token = parse(unsigned_token(
      good_header,
      R"({"aud":"https://vault","iss":"i","tid":"t","oid":"o","appid":"a","azp":"z","nbf":1,)"
      R"("exp":2.9,"iat":3,"groups":["x"],"xms_cc":{"a":null}})"));
  BOOST_TEST_REQUIRE(token.ok(), said(token));
  BOOST_TEST(token->algorithm->name == "RS256");
  BOOST_TEST(token->encoded_header == encoded(good_header));
  BOOST_TEST((token->signature == bytes{0, 0, 0}));
  const auto& c = token->claims;
  BOOST_TEST(c.audience == "https://vault");
  BOOST_TEST(c.issuer == "i");
  BOOST_TEST(c.tenant == "t");
  BOOST_TEST(c.object_id == "o");
  BOOST_TEST(c.application_id == "a");
  BOOST_TEST(c.key_id == "k");
  BOOST_TEST(c.not_before == 1);
  BOOST_TEST(c.expires == 2);
  BOOST_TEST(c.issued_at == 3);
}

BOOST_AUTO_TEST_CASE(the_application_of_a_v2_token_is_azp) {
  const auto token = parse(unsigned_token(good_header, R"({"azp":"z","exp":1})"));
  BOOST_TEST(token.value().claims.application_id == "z");
}

BOOST_AUTO_TEST_CASE(what_has_not_three_parts) {
  for (const std::string_view text : {"", "x", ".", "a.b", "a.b.c.d", "....", "Bearer a.b"}) {
    BOOST_TEST(said(parse(text)) == prefix + "it must have three parts.", text);
  }
  for (const std::string_view text : {"..", ".a.b", "!.e30.AAAA", "e30=.e30.AAAA", "A.e30.AAAA"}) {
    BOOST_TEST(said(parse(text)) == prefix + "its header is not base64url.", text);
  }
  const auto header = encoded(good_header) + '.';
  for (const std::string_view tail :
       {"e30.", "e30=.AAAA", "e30.AA==", "e30.A", "e 0.AAAA", "e30.AAAA\n", "e30.AB"}) {
    BOOST_TEST(said(parse(header + std::string(tail))) ==
                   prefix + "its payload or signature is not base64url.",
               tail);
  }
}

BOOST_AUTO_TEST_CASE(an_empty_payload_has_no_claims) {
  BOOST_TEST(has(with_payload(""), prefix + "The payload "));
}

BOOST_AUTO_TEST_CASE(other_algorithms_are_refused_before_anything_else) {
  const auto refusal = prefix + "its algorithm is not accepted. Accepted are RS256 and ES256.";
  for (const std::string alg : {"none", "None", "", "HS256", "RS384", "RS512", "PS256", "ES256K",
                                "ES384", "RSNULL", "RSA1_5", "rs256", "EdDSA"}) {
    BOOST_TEST(with_header(R"({"alg":")" + alg + R"(","kid":"k"})") == refusal, alg);
    // Without a signature, as alg none has it.
    BOOST_TEST(said(parse(encoded(R"({"alg":")" + alg + "\"}") + ".e30.")) == refusal, alg);
  }
  BOOST_TEST(with_header("{}") == refusal);
  BOOST_TEST(with_header(R"({"alg":null})") == refusal);
}

BOOST_AUTO_TEST_CASE(headers_that_could_mean_two_things) {
  BOOST_TEST(with_header(R"({"alg":"RS256","crit":["exp"],"exp":1})") ==
             prefix + "it has critical extensions.");
  BOOST_TEST(with_header(R"({"alg":"RS256","crit":[]})") == prefix + "it has critical extensions.");
  BOOST_TEST(with_header(R"({"alg":"none","alg":"RS256"})") ==
             prefix + "Member 'alg' comes twice.");
  BOOST_TEST(with_header(R"({"alg":"RS256","kid":"a","kid":"b"})") ==
             prefix + "Member 'kid' comes twice.");
  BOOST_TEST(with_header(R"({"alg":["RS256"]})") == prefix + "Member 'alg' must be a string.");
  BOOST_TEST(with_header(R"({"alg":"RS256","kid":1})") ==
             prefix + "Member 'kid' must be a string.");
  for (const std::string_view text : {"[]", "{", "null", "{} x", "\xFF"}) {
    BOOST_TEST(has(with_header(text), prefix + "The header "), text);
  }
}

BOOST_AUTO_TEST_CASE(payloads_that_are_none) {
  BOOST_TEST(with_payload("{}") == prefix + "Member 'exp' is required.");
  BOOST_TEST(with_payload(R"({"exp":null})") == prefix + "Member 'exp' is required.");
  for (const auto* wrong :
       {"\"100\"", "true", "[]", "1e400", "1e30", "-1e30", "9223372036854775808"}) {
    BOOST_TEST(with_payload(R"({"exp":)" + std::string(wrong) + '}') != "ok", wrong);
  }
  for (const auto* claim : {"exp", "nbf", "iat"}) {
    const auto twice = std::string("{\"exp\":1,\"") + claim + "\":1,\"" + claim + "\":2}";
    BOOST_TEST(has(with_payload(twice), "comes twice"), claim);
  }
  for (const auto* claim : {"iss", "aud", "tid", "oid", "appid", "azp"}) {
    const auto name = std::string("\"") + claim + "\"";
    BOOST_TEST(with_payload('{' + name + R"(:1,"exp":1})") ==
               prefix + "Member '" + claim + "' must be a string.");
    BOOST_TEST(with_payload('{' + name + R"(:"a",)" + name + R"(:"a","exp":1})") ==
               prefix + "Member '" + claim + "' comes twice.");
  }
  for (const std::string_view text : {"[]", "{", "{\"exp\":1", "{\"exp\":1}}", "\xFF"}) {
    BOOST_TEST(has(with_payload(text), prefix + "The payload "), text);
  }
}

BOOST_AUTO_TEST_CASE(an_audience_may_be_an_array_of_one) {
  BOOST_TEST(parse(unsigned_token(good_header, R"({"exp":1,"aud":["a"]})"))->claims.audience ==
             "a");
  BOOST_TEST(has(with_payload(R"({"exp":1,"aud":["a","b"]})"), "comes twice"));
  BOOST_TEST(with_payload(R"({"exp":1,"aud":[]})") == "ok");
  BOOST_TEST(with_payload(R"({"exp":1,"aud":[1]})") != "ok");
}

BOOST_AUTO_TEST_CASE(a_token_has_16384_characters_at_most) {
  const auto too_long = prefix + "it is too long.";
  BOOST_TEST(said(parse(std::string(max_token_chars + 1, 'A'))) == too_long);
  BOOST_TEST(said(parse(std::string(max_token_chars, 'A'))) != too_long);
  const auto head = encoded(good_header) + '.' + encoded(good_payload) + '.';
  const std::string signature((max_token_chars - head.size()) / 4 * 4, 'A');
  BOOST_TEST(said(parse(head + signature)) == "ok");
}

BOOST_AUTO_TEST_CASE(deeply_nested_tokens_are_refused) {
  const auto deep = std::string(2000, '[') + std::string(2000, ']') + '}';
  BOOST_TEST(has(with_header("{\"a\":" + deep), "nested deeper than 32 levels"));
  BOOST_TEST(has(with_payload("{\"a\":" + deep), "nested deeper than 32 levels"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::token
