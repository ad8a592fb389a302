#include <vector>

#include "protocol/token/trust.hpp"
#include "token_kit.hpp"

// What somebody without the issuer's key can make of a token, and what somebody with it should not.
namespace twinkeep::protocol::token {

using test::has;
using test::said;

namespace {

constexpr unix_seconds now = 1'800'000'000;
const std::string tenant = "0a0a0a0a-0000-4000-8000-000000000001";
const std::string name = "https://sts.example/" + tenant + '/';
const std::string audience = "https://vault.localhost";

// The claims of a good token, one member replaced or added as text.
std::string payload(std::string_view member = {}, std::string_view value = {}) {
  const std::vector<std::pair<std::string, std::string>> usual{
      {"iss", '"' + name + '"'},         {"aud", '"' + audience + '"'},
      {"tid", '"' + tenant + '"'},       {"oid", R"("object")"},
      {"appid", R"("application")"},     {"nbf", std::to_string(now - 10)},
      {"iat", std::to_string(now - 10)}, {"exp", std::to_string(now + 600)}};
  std::string out;
  bool placed = member.empty();
  for (const auto& [key, text] : usual) {
    const bool mine = key == member;
    placed |= mine;
    if (mine && value.empty()) continue;  // left out
    out += (out.empty() ? "{\"" : ",\"") + key + "\":" + (mine ? std::string(value) : text);
  }
  if (!placed) out += ",\"" + std::string(member) + "\":" + std::string(value);
  return out + '}';
}

std::vector<issuer> issuers() {
  return {{name, false, tenant, {{"rsa", rsa_pair().pub}, {"ec", ec_pair().pub}}}};
}

std::string judged(const std::string& text) {
  const auto token = parse(text);
  if (!token) return said(token);
  return said(verify(*token, issuers(), {audience}, now, provider()));
}

std::string rsa(std::string_view header, std::string_view claims) {
  return token_of(header, claims, "RS256", rsa_pair());
}

constexpr std::string_view usual_header = R"({"alg":"RS256","typ":"JWT","kid":"rsa"})";

// HMAC-SHA-256 with a public key's octets for the secret (RFC 2104), as the attack has it.
std::string keyed_with_public_octets() {
  auto key = rsa_pair().pub.n;
  const auto shortened = crypto::sha256(key);  // longer than a block
  bytes inner(64, 0x36);
  bytes outer(64, 0x5c);
  for (std::size_t i = 0; i < shortened.size(); ++i) {
    inner[i] ^= shortened[i];
    outer[i] ^= shortened[i];
  }
  const auto text = encoded(R"({"alg":"HS256","kid":"rsa"})") + '.' + encoded(payload());
  inner.insert(inner.end(), text.begin(), text.end());
  const auto digest = crypto::sha256(inner);
  outer.insert(outer.end(), digest.begin(), digest.end());
  return text + '.' + crypto::base64url_encode(crypto::sha256(outer));
}

struct attack {
  std::string_view what;
  std::string token;
  std::string_view answer;  // within the refusal
};

std::vector<attack> attacks_on_form() {
  const auto good = rsa(usual_header, payload());
  const auto first = good.find('.');
  const auto last = good.rfind('.');
  const auto deep = std::string(200, '[') + std::string(200, ']');
  return {
      {"no token at all", "", "AKV10001"},
      {"one part", "a", "three parts"},
      {"two parts: no signature's place", good.substr(0, last), "three parts"},
      {"four parts", good + ".AAAA", "three parts"},
      {"five parts, as encrypted ones have", "a.b.c.d.e", "three parts"},
      {"JSON serialization", R"({"payload":"e30","signatures":[]})", "three parts"},
      {"no signature", good.substr(0, last + 1), "base64url"},
      {"padding", good + "=", "base64url"},
      {"a blank in the signature", good + ' ', "base64url"},
      {"signed for other claims",
       good.substr(0, first + 1) + encoded(payload("oid", "\"x\"")) + good.substr(last),
       "AKV10015"},
      {"more than 16 KiB", rsa(usual_header, payload("x", '"' + std::string(16384, 'x') + '"')),
       "too long"},
      {"a deep payload", rsa(usual_header, payload("x", deep)), "nested deeper"},
      {"a deep header", rsa(R"({"alg":"RS256","kid":"rsa","x":)" + deep + '}', payload()),
       "nested deeper"},
      {"a token within the token", rsa(R"({"alg":"RS256","kid":"rsa","cty":"JWT"})", good),
       "not valid JSON"},
      {"a payload of another kind", rsa(usual_header, "[]"), "JSON object"},
      {"something behind the payload", rsa(usual_header, payload() + "{}"), "not valid JSON"},
  };
}

std::vector<attack> attacks_on_header() {
  const auto with = [](std::string_view members) {
    return rsa("{\"alg\":\"RS256\",\"kid\":\"rsa\"," + std::string(members) + '}', payload());
  };
  const auto of = [](std::string_view alg) {
    return encoded("{\"alg\":\"" + std::string(alg) + "\",\"kid\":\"rsa\"}") + '.' +
           encoded(payload()) + '.';
  };
  return {
      {"alg none", of("none"), "algorithm is not accepted"},
      {"alg None", of("None"), "algorithm is not accepted"},
      {"alg none, with a signature", rsa(R"({"alg":"none","kid":"rsa"})", payload()),
       "algorithm is not accepted"},
      {"no alg", rsa(R"({"kid":"rsa"})", payload()), "algorithm is not accepted"},
      {"HMAC with the public key", keyed_with_public_octets(), "algorithm is not accepted"},
      {"RS512", rsa(R"({"alg":"RS512","kid":"rsa"})", payload()), "algorithm is not accepted"},
      {"PS256", token_of(R"({"alg":"PS256","kid":"rsa"})", payload(), "PS256", rsa_pair()),
       "algorithm is not accepted"},
      {"RS256 of another padding",
       token_of(R"({"alg":"RS256","kid":"rsa"})", payload(), "PS256", rsa_pair()), "AKV10015"},
      {"ES256 by an RSA key", rsa(R"({"alg":"ES256","kid":"rsa"})", payload()), "AKV10015"},
      {"RS256 by an EC key",
       token_of(R"({"alg":"RS256","kid":"ec"})", payload(), "ES256", ec_pair()), "AKV10015"},
      {"crit", with(R"("crit":["exp"],"exp":1)"), "critical"},
      {"b64", with(R"("crit":["b64"],"b64":false)"), "critical"},
      {"jku", with(R"("jku":"https://evil.example/keys")"), "its own key"},
      {"x5u", with(R"("x5u":"https://evil.example/chain")"), "its own key"},
      {"jwk", with(R"("jwk":{"kty":"RSA","n":"AQAB","e":"AQAB"})"), "its own key"},
      {"alg twice", rsa(R"({"alg":"none","alg":"RS256","kid":"rsa"})", payload()), "comes twice"},
      {"kid twice", with(R"("kid":"ec")"), "comes twice"},
      {"an unknown member twice", with(R"("x":1,"x":2)"), "comes twice"},
      {"no kid", rsa(R"({"alg":"RS256"})", payload()), "AKV10046"},
      {"another kid", rsa(R"({"alg":"RS256","kid":"RSA"})", payload()), "AKV10046"},
      {"a path for kid", rsa(R"({"alg":"RS256","kid":"../../dev/null"})", payload()), "AKV10046"},
      {"kid of the other key", rsa(R"({"alg":"RS256","kid":"ec"})", payload()), "AKV10015"},
  };
}

std::vector<attack> attacks_on_claims() {
  const auto with = [](std::string_view member, std::string_view value) {
    return rsa(usual_header, payload(member, value));
  };
  const auto twice = [](std::string_view text) {
    auto claims = payload();
    claims.pop_back();
    return rsa(usual_header, claims + ',' + std::string(text) + '}');
  };
  std::string crowd = "[\"g\"";
  for (std::size_t i = 0; i < max_groups; ++i) crowd += ",\"g\"";
  crowd += ']';
  const auto at = [](unix_seconds t) { return std::to_string(t); };
  return {
      {"no audience", with("aud", ""), "AKV10022"},
      {"another audience", with("aud", R"("https://vault.localhost.evil.example")"), "AKV10022"},
      {"several audiences", with("aud", R"(["https://vault.localhost","https://x"])"), "twice"},
      {"no issuer", with("iss", ""), "AKV10032"},
      {"another issuer", with("iss", R"("https://sts.example/")"), "AKV10032"},
      {"no tenant", with("tid", ""), "AKV10032"},
      {"another tenant", with("tid", R"("0a0a0a0a-0000-4000-8000-000000000002")"), "AKV10032"},
      {"no expiry", with("exp", ""), "'exp' is required"},
      {"expired, beyond the leeway", with("exp", at(now - 300)), "TokenExpired"},
      {"expired in 1970", with("exp", "1"), "TokenExpired"},
      {"not yet valid, beyond the leeway", with("nbf", at(now + 301)), "TokenNotYetValid"},
      {"made later", with("iat", at(now + 301)), "TokenNotYetValid"},
      {"expiry as text", with("exp", '"' + at(now + 600) + '"'), "must be a number"},
      {"expiry beyond numbers", with("exp", "1e400"), "AKV10001"},
      {"expiry beyond dates", with("exp", "1e300"), "no date"},
      {"expiry twice", twice("\"exp\":" + at(now + 9999)), "comes twice"},
      {"object twice", twice(R"("oid":"root")"), "comes twice"},
      {"an escaped name twice", twice(R"("\u006fid":"root")"), "comes twice"},
      {"an unknown claim twice", twice(R"("x":1,"x":1)"), "comes twice"},
      {"groups that are one text", with("groups", R"("g")"), "must be an array"},
      {"groups that are no texts", with("groups", "[1]"), "must be a string"},
      {"a crowd of groups", with("groups", crowd), "more than 256"},
      {"groups twice", twice(R"("groups":["a"],"groups":["b"])"), "comes twice"},
      {"an object id of another kind", with("oid", R"(["object"])"), "must be a string"},
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_attacks)

BOOST_AUTO_TEST_CASE(each_is_refused) {
  BOOST_TEST_REQUIRE(judged(rsa(usual_header, payload())) == "ok");
  for (const auto& table : {attacks_on_form(), attacks_on_header(), attacks_on_claims()}) {
    for (const auto& a : table) {
      const auto answer = judged(a.token);
      BOOST_TEST(answer.starts_with("Unauthorized: "), a.what << ": " << answer);
      BOOST_TEST(has(answer, a.answer), a.what << ": " << answer);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_attack_is_accepted) {
  for (const auto& [member, value] : std::vector<std::pair<std::string, std::string>>{
           {"exp", std::to_string(now - 299)},
           {"nbf", std::to_string(now + 300)},
           {"tid", "\"0A0A0A0A-0000-4000-8000-000000000001\""},
           {"aud", "[\"https://vault.localhost/\"]"},
           {"hasgroups", "true"},
           {"_claim_names", R"({"groups":"src1"})"},
           {"groups", "null"}}) {
    BOOST_TEST(judged(rsa(usual_header, payload(member, value))) == "ok", member);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(token_callers)

BOOST_AUTO_TEST_CASE(groups_and_the_user_are_read) {
  const auto c = [](std::string_view members) {
    return parse(encoded(usual_header) + '.' + encoded("{\"exp\":1," + std::string(members) + "}") +
                 ".AAAA")
        .value()
        .claims;
  };
  BOOST_TEST((c(R"("groups":["a","b"])").groups == std::vector<std::string>{"a", "b"}));
  BOOST_TEST(c(R"("groups":[])").groups.empty());
  BOOST_TEST(c(R"("upn":"u@x","unique_name":"n","preferred_username":"p")").user_name == "u@x");
  BOOST_TEST(c(R"("unique_name":"n","preferred_username":"p")").user_name == "n");
  BOOST_TEST(c(R"("preferred_username":"p")").user_name == "p");

  BOOST_TEST(c(R"("idtyp":"app","oid":"o","sub":"s","scp":"x")").is_application);
  BOOST_TEST(!c(R"("idtyp":"user","oid":"o","sub":"o")").is_application);
  BOOST_TEST(c(R"("oid":"o","sub":"o")").is_application);
  BOOST_TEST(!c(R"("oid":"o","sub":"s")").is_application);
  BOOST_TEST(!c(R"("oid":"o")").is_application);
  BOOST_TEST(!c(R"("oid":"o","sub":"o","scp":"user_impersonation")").is_application);
  BOOST_TEST(!c(R"("oid":"o","sub":"o","upn":"u@x")").is_application);
}

BOOST_AUTO_TEST_CASE(an_issuer_that_lacks_the_tokens_key_is_found) {
  const auto lacking = [](std::string_view header, const std::string& claims, auto change) {
    auto all = issuers();
    all.insert(all.begin(), issuer{"", true, tenant, {{"other", rsa_pair().pub}}});
    change(all);
    return issuer_lacking_key(all, parse(rsa(header, claims)).value());
  };
  const auto as_it_is = [](auto&) {};
  const std::string_view unknown = R"({"alg":"RS256","kid":"new"})";
  BOOST_TEST(lacking(unknown, payload(), as_it_is).value() == 1u);
  BOOST_TEST(!lacking(usual_header, payload(), as_it_is).has_value());
  BOOST_TEST(!lacking(R"({"alg":"RS256"})", payload(), as_it_is).has_value());
  BOOST_TEST(!lacking(unknown, payload("iss", "\"https://x/\""), as_it_is).has_value());
  BOOST_TEST(!lacking(unknown, payload("tid", "\"x\""), as_it_is).has_value());
  // Another issuer's key of that id does not count.
  BOOST_TEST(lacking(R"({"alg":"RS256","kid":"other"})", payload(), as_it_is).value() == 1u);
  BOOST_TEST(lacking(usual_header, payload(), [](auto& all) { all[1].keys.clear(); }).value() ==
             1u);
}

BOOST_AUTO_TEST_CASE(a_generation_ends_when_a_key_ceases_to_count) {
  const issuer_key a{"a", rsa_pair().pub};
  const issuer_key b{"b", ec_pair().pub};
  const trust none{{{name, false, tenant, {}}}, 7};
  const auto one = with_keys(none, 0, {a});
  BOOST_TEST(one.generation == 7u);
  BOOST_TEST(one.issuers.at(0).keys.size() == 1u);
  BOOST_TEST(with_keys(one, 0, {b, a}).generation == 7u);
  BOOST_TEST(with_keys(with_keys(one, 0, {b, a}), 0, {b}).generation == 8u);
  // The same id for another key.
  BOOST_TEST(with_keys(one, 0, {{"a", ec_pair().pub}}).generation == 8u);
  BOOST_TEST(with_keys(one, 0, {}).generation == 8u);
}

BOOST_AUTO_TEST_CASE(a_token_of_another_tenant_is_told_who_issues_the_vaults) {
  std::vector<issuer> all = issuers();
  all.push_back({"https://other.example/", false, "t-2", {}});
  claims c;
  c.issuer = name;
  c.tenant = tenant;
  const auto e = wrong_tenant(all, "T-2", c);
  BOOST_TEST(e.message ==
             "AKV10032: Invalid issuer. Expected one of https://other.example/, found " + name +
                 " of tenant " + tenant + ".");
  BOOST_TEST(same_tenant("ab", "AB"));
  BOOST_TEST(!same_tenant("", ""));
  BOOST_TEST(!same_tenant("ab", "abc"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::token
