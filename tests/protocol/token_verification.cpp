#include <vector>

#include "token_kit.hpp"

namespace twinkeep::protocol::token {

using test::has;
using test::said;

namespace {

constexpr unix_seconds now = 1'800'000'000;
const std::string tenant = "0a0a0a0a-0000-4000-8000-000000000001";
const std::string authority = "https://login.localhost:8443";
const std::string audience = "https://vault.localhost:8443";

claims good_claims() {
  claims c;
  c.issuer = authority + '/' + tenant + "/v2.0";
  c.audience = audience;
  c.tenant = tenant;
  c.object_id = "object";
  c.application_id = "application";
  c.key_id = "rsa";
  c.not_before = now - 10;
  c.issued_at = now - 10;
  c.expires = now + 3600;
  return c;
}

std::vector<issuer> built_in() {
  return {{"", true, tenant, {{"rsa", rsa_pair().pub}, {"ec", ec_pair().pub}}}};
}

std::vector<issuer> foreign(std::string name) {
  return {{std::move(name), false, tenant, {{"rsa", rsa_pair().pub}}}};
}

std::string checked(const std::string& text, const std::vector<issuer>& issuers = built_in(),
                    const std::vector<std::string>& audiences = {audience}) {
  const auto token = parse(text);
  if (!token) return said(token);
  return said(verify(*token, issuers, audiences, now, provider()));
}

std::string signed_by_rsa(const claims& c) {
  return sign(c, *rsa_pair().signer).value();
}

std::string payload_of(const claims& c) {
  return R"({"aud":")" + c.audience + R"(","iss":")" + c.issuer + R"(","tid":")" + c.tenant +
         R"(","exp":)" + std::to_string(c.expires) + '}';
}

template <class Change>
std::string with(Change change) {
  auto c = good_claims();
  change(c);
  return checked(signed_by_rsa(c));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_verification)

BOOST_AUTO_TEST_CASE(a_token_that_was_signed_here_is_believed) {
  const auto token = parse(signed_by_rsa(good_claims()));
  BOOST_TEST_REQUIRE(token.ok(), said(token));
  const auto c = verify(*token, built_in(), {audience}, now, provider());
  BOOST_TEST_REQUIRE(c.ok(), said(c));
  BOOST_TEST(c->object_id == "object");
  BOOST_TEST(c->application_id == "application");
  BOOST_TEST(c->tenant == tenant);
  BOOST_TEST(c->expires == now + 3600);
}

BOOST_AUTO_TEST_CASE(es256_is_believed_too) {
  const auto text =
      token_of(R"({"alg":"ES256","kid":"ec"})", payload_of(good_claims()), "ES256", ec_pair());
  BOOST_TEST(checked(text) == "ok");
}

BOOST_AUTO_TEST_CASE(a_key_of_another_type_than_the_algorithm_does_not_verify) {
  const auto payload = payload_of(good_claims());
  const std::string refusal = "Unauthorized: AKV10015: The signature of the token is not valid.";
  BOOST_TEST(checked(token_of(R"({"alg":"RS256","kid":"ec"})", payload, "ES256", ec_pair())) ==
             refusal);
  BOOST_TEST(checked(token_of(R"({"alg":"ES256","kid":"rsa"})", payload, "RS256", rsa_pair())) ==
             refusal);
  // Another padding of the right key is another algorithm.
  BOOST_TEST(checked(token_of(R"({"alg":"RS256","kid":"rsa"})", payload, "PS256", rsa_pair())) ==
             refusal);
}

BOOST_AUTO_TEST_CASE(any_change_breaks_the_signature) {
  const auto text = signed_by_rsa(good_claims());
  const auto first = text.find('.');
  const auto last = text.rfind('.');
  // Payload and signature, a character at a time; whatever is said, it is 401.
  for (std::size_t i = first + 1; i < text.size(); i += 7) {
    if (i == last) continue;
    auto changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    BOOST_TEST(checked(changed).starts_with("Unauthorized: AKV100"), "character " << i);
  }
  BOOST_TEST(has(checked(text.substr(0, last) + ".AAAA"), "AKV10015"));
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_told_with_the_header) {
  const auto refusal = [](const std::string& header) {
    return "Unauthorized: AKV10046: Unable to resolve the key used for signature validation. "
           "EncodedJwtHeader: '" +
           encoded(header) + "'.";
  };
  for (const std::string header :
       {R"({"alg":"RS256","kid":"other"})", R"({"alg":"RS256"})", R"({"alg":"RS256","kid":""})",
        R"({"alg":"RS256","kid":"RSA"})"}) {
    BOOST_TEST(checked(token_of(header, payload_of(good_claims()), "RS256", rsa_pair())) ==
               refusal(header));
  }
  BOOST_TEST(has(checked(signed_by_rsa(good_claims()), {}), "AKV10046"));
}

BOOST_AUTO_TEST_CASE(another_audience) {
  BOOST_TEST(with([](claims& c) { c.audience = "https://other"; }) ==
             "Unauthorized: AKV10022: Invalid audience. Expected https://vault.localhost:8443, "
             "found: https://other.");
  BOOST_TEST(has(with([](claims& c) { c.audience = ""; }), "AKV10022"));
  BOOST_TEST(has(with([](claims& c) { c.audience += "x"; }), "AKV10022"));
  // A slash at the end does not count.
  BOOST_TEST(with([](claims& c) { c.audience += '/'; }) == "ok");
  const auto text = signed_by_rsa(good_claims());
  BOOST_TEST(checked(text, built_in(), {"https://a", audience + '/'}) == "ok");
  BOOST_TEST(has(checked(text, built_in(), {"https://a", "https://b"}),
                 "Expected https://a, https://b, found"));
  BOOST_TEST(has(checked(text, built_in(), {}), "AKV10022"));
}

BOOST_AUTO_TEST_CASE(another_issuer_or_tenant) {
  BOOST_TEST(with([](claims& c) { c.issuer = "https://evil/x"; }) ==
             "Unauthorized: AKV10032: Invalid issuer. Expected one of https://<host>/" + tenant +
                 "/v2.0, found https://evil/x of tenant " + tenant + ".");
  for (const std::string name :
       {"", "/", "https://", "https:///", "http://h/", "https://h/x/", "https://u@h/"}) {
    BOOST_TEST(has(with([&](claims& c) { c.issuer = name + tenant + "/v2.0"; }), "AKV10032"), name);
  }
  BOOST_TEST(has(with([](claims& c) { c.tenant = "other"; }), "AKV10032"));
  BOOST_TEST(has(with([](claims& c) { c.tenant = ""; }), "AKV10032"));
  // A GUID compares without case.
  BOOST_TEST(with([](claims& c) { c.tenant[1] = 'A'; }) == "ok");
}

BOOST_AUTO_TEST_CASE(a_foreign_issuer_goes_by_its_name) {
  auto c = good_claims();
  c.issuer = "https://sts.example/";
  const auto text = signed_by_rsa(c);
  BOOST_TEST(checked(text, foreign("https://sts.example/")) == "ok");
  BOOST_TEST(has(checked(text, foreign("https://sts.example")), "AKV10032"));
  BOOST_TEST(
      has(checked(signed_by_rsa(good_claims()), foreign("https://sts.example/")), "AKV10032"));
  // One without a tenant matches nothing, not even a token without one.
  c.tenant = "";
  auto nobody = foreign("https://sts.example/");
  nobody.front().tenant = "";
  BOOST_TEST(has(checked(signed_by_rsa(c), nobody), "AKV10032"));
}

BOOST_AUTO_TEST_CASE(a_key_speaks_for_its_own_issuer_only) {
  // The foreign issuer's key has signed; the token says that it is of the built-in one.
  auto issuers = foreign("https://sts.example/");
  issuers.push_back({"", true, tenant, {{"rsa", ec_pair().pub}}});
  BOOST_TEST(has(checked(signed_by_rsa(good_claims()), issuers), "AKV10032"));
  // Two issuers may use one key id: the order does not matter.
  auto c = good_claims();
  c.issuer = "https://sts.example/";
  BOOST_TEST(checked(signed_by_rsa(c), issuers) == "ok");
  std::swap(issuers[0], issuers[1]);
  BOOST_TEST(checked(signed_by_rsa(c), issuers) == "ok");
}

BOOST_AUTO_TEST_CASE(times_have_a_leeway_of_five_minutes) {
  const std::string expired = "Unauthorized: [TokenExpired] Error validating token: 'S2S12086'.";
  const std::string early = "Unauthorized: [TokenNotYetValid] Error validating token: 'S2S12087'.";
  BOOST_TEST(with([](claims& c) { c.expires = now - 299; }) == "ok");
  BOOST_TEST(with([](claims& c) { c.expires = now - 300; }) == expired);
  BOOST_TEST(with([](claims& c) { c.expires = 0; }) == expired);
  BOOST_TEST(with([](claims& c) { c.expires = -1; }) == expired);
  BOOST_TEST(with([](claims& c) { c.not_before = now + 300; }) == "ok");
  BOOST_TEST(with([](claims& c) { c.not_before = now + 301; }) == early);
  BOOST_TEST(with([](claims& c) { c.issued_at = now + 300; }) == "ok");
  BOOST_TEST(with([](claims& c) { c.issued_at = now + 301; }) == early);
}

BOOST_AUTO_TEST_CASE(the_version_of_a_token_is_its_issuers) {
  auto c = good_claims();
  const auto ver_of = [](const claims& of) {
    const auto text = signed_by_rsa(of);
    const auto first = text.find('.') + 1;
    const auto payload = crypto::base64url_decode(text.substr(first, text.rfind('.') - first));
    return std::string(as_text(payload.value()));
  };
  BOOST_TEST(has(ver_of(c), R"("idtyp":"app","ver":"2.0"})"));
  c.issuer = "https://sts.example/" + tenant + '/';
  BOOST_TEST(has(ver_of(c), R"("ver":"1.0"})"));
  BOOST_TEST(has(ver_of(c), R"("appid":"application","azp":"application")"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(key_sets)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  const std::vector<issuer_key> keys{{"a", rsa_pair().pub}, {"b", ec_pair().pub}};
  const auto text = write_key_set(keys, "https://issuer/\"x\"");
  BOOST_TEST(text.starts_with(R"({"keys":[{"kty":"RSA","use":"sig","kid":"a","x5t":"a",)"
                              R"("alg":"RS256","n":")"),
             text);
  BOOST_TEST(has(text, R"("e":"AQAB","issuer":"https://issuer/\"x\""})"), text);
  const auto again = read_key_set(as_bytes(text));
  BOOST_TEST_REQUIRE(again.ok(), said(again));
  BOOST_TEST_REQUIRE(again->size() == 2u);
  BOOST_TEST((again->at(0).key_id == "a" && again->at(0).pub.n == rsa_pair().pub.n));
  BOOST_TEST((again->at(1).key_id == "b" && again->at(1).pub.x == ec_pair().pub.x));
  BOOST_TEST(write_key_set(*again, "https://issuer/\"x\"") == text);
}

BOOST_AUTO_TEST_CASE(keys_that_cannot_have_signed_are_passed_over) {
  const auto n = crypto::base64url_encode(rsa_pair().pub.n);
  const auto x = crypto::base64url_encode(ec_pair().pub.x);
  const auto number = [&](std::string_view members) {
    const auto text = R"({"keys":[{)" + std::string(members) + "}]}";
    const auto keys = read_key_set(as_bytes(text));
    return keys ? static_cast<int>(keys->size()) : -1;
  };
  const auto rsa = R"("kty":"RSA","e":"AQAB","n":")" + n + '"';
  const auto ec = R"("kty":"EC","x":")" + x + R"(","y":")" + x + '"';
  BOOST_TEST(number(rsa + R"(,"kid":"k")") == 1);
  BOOST_TEST(number(rsa + R"(,"kid":"k","x5c":["MII"],"key_ops":["verify"],"d":null)") == 1);
  BOOST_TEST(number(rsa) == 0);
  BOOST_TEST(number(rsa + R"(,"kid":"")") == 0);
  BOOST_TEST(number(rsa + R"(,"kid":"k","use":"enc")") == 0);
  BOOST_TEST(number(rsa + R"(,"kid":"k","alg":"RS512")") == 0);
  BOOST_TEST(number(R"("kty":"RSA","kid":"k","e":"AQAB")") == 0);
  BOOST_TEST(number(R"("kty":"RSA","kid":"k","e":"AQAB","n":"AQAB")") == 0);
  BOOST_TEST(number(R"("kty":"RSA","kid":"k","e":"","n":")" + n + '"') == 0);
  BOOST_TEST(number(R"("kty":"oct","kid":"k","k":"AAAA")") == 0);
  BOOST_TEST(number(ec + R"(,"kid":"k","crv":"P-256")") == 1);
  BOOST_TEST(number(ec + R"(,"kid":"k","crv":"P-384")") == 0);
  BOOST_TEST(number(ec + R"(,"kid":"k")") == 0);
  BOOST_TEST(number(R"("kty":"EC","kid":"k","crv":"P-256","x":"AQ","y":"AQ")") == 0);
  BOOST_TEST(number("") == 0);
}

BOOST_AUTO_TEST_CASE(what_is_no_key_set_is_refused) {
  BOOST_TEST(said(read_key_set(as_bytes("{}"))) ==
             "BadParameter: The key set has no member 'keys'.");
  for (const std::string_view text : {"", "[]", "{", R"({"keys":{}})", R"({"keys":["a"]})",
                                      R"({"keys":[{"kid":1}]})", R"({"keys":[null]})"}) {
    BOOST_TEST(!read_key_set(as_bytes(text)).ok(), text);
  }
  std::string many = R"({"keys":[{})";
  for (int i = 1; i < 256; ++i) many += ",{}";
  BOOST_TEST(said(read_key_set(as_bytes(many + "]}"))) == "ok");
}

BOOST_AUTO_TEST_CASE(thumbprints_are_those_of_rfc_7638) {
  const auto decode = [](std::string_view text) { return crypto::base64url_decode(text).value(); };
  // The example of RFC 7638, section 3.1.
  const crypto::public_key example{
      crypto::key_type::rsa,
      {},
      decode("0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tS"
             "oc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65"
             "YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyr"
             "dkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK"
             "nqDKgw"),
      {1, 0, 1},
      {},
      {}};
  BOOST_TEST(thumbprint(example) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  BOOST_TEST(thumbprint(ec_pair().pub).size() == 43u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::token
