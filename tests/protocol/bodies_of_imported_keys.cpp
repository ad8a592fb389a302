#include "bodies.hpp"

// PUT /keys/{name}: JWKs as the JavaScript SDK sends them.
namespace twinkeep::protocol::json {

using test::has;
using test::must_read;
using test::refusal;

namespace {

using enum operation_id;

const std::string rsa_public = R"("kty":"RSA","n":"AQID","e":"AQAB")";
const std::string rsa = rsa_public + R"(,"d":"BA")";
const std::string factors = R"(,"p":"BQ","q":"Bg","dp":"Bw","dq":"CA","qi":"CQ")";
const std::string ec = R"("kty":"EC","crv":"P-384","x":"AQ","y":"Ag","d":"Aw")";
const std::string oct = R"("kty":"oct","k":"AAECAwQFBgcICQoLDA0ODw")";

std::string with_key(std::string_view jwk, std::string_view rest = {}) {
  return R"({"key":{)" + std::string(jwk) + '}' + std::string(rest) + '}';
}

import_key imported(std::string_view jwk, std::string_view rest = {}) {
  return must_read<import_key>(key_import, with_key(jwk, rest));
}

std::string refused(std::string_view jwk, std::string_view rest = {}) {
  return refusal(key_import, with_key(jwk, rest));
}

bool equal(const crypto::secret_bytes& a, const bytes& b) {
  return test::equal(a.view(), b);
}

const std::string kek = "https://Premium.vault.azure.net/keys/kek/0123456789abcdef0123456789abcdef";
const std::string kek_elsewhere =
    "https://127.0.0.1:8443/Keys/kek/0123456789abcdef0123456789abcdef";

// A transfer blob, as an HSM's vendor makes it.
std::string transfer(std::string_view kid) {
  return R"({"schema_version":"1.0.0","header":{"kid":")" + std::string(kid) +
         R"(","alg":"dir","enc":"CKM_RSA_AES_KEY_WRAP"},"ciphertext":"AQID","generator":"tool"})";
}
std::string key_hsm(std::string_view blob) {
  return R"("key_hsm":")" + crypto::base64url_encode(as_bytes(blob)) + '"';
}

// `jwk` without the member.
std::string without(std::string jwk, const std::string& member) {
  const auto at = jwk.find('"' + member + "\":");
  const auto end = jwk.find(',', at);
  if (end != std::string::npos) return jwk.erase(at, end - at + 1);
  return jwk.erase(at - 1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bodies_of_imported_keys)

BOOST_AUTO_TEST_CASE(an_rsa_key_is_read) {
  const auto body = imported(
      R"("kid":"https://elsewhere/keys/a/b","key_ops":["sign","sign","decrypt"],)" + rsa + factors,
      R"(,"Hsm":false,"attributes":{"enabled":true,"exp":-2085978496,"exportable":true},)"
      R"("tags":{"a":"b"},"release_policy":{"data":"e30"})");
  BOOST_TEST((body.key.type == crypto::key_type::rsa));
  BOOST_TEST((body.key.n == bytes{1, 2, 3}));
  BOOST_TEST((body.key.e == bytes{1, 0, 1}));
  BOOST_TEST(equal(body.key.d, {4}));
  BOOST_TEST(equal(body.key.p, {5}));
  BOOST_TEST(equal(body.key.q, {6}));
  BOOST_TEST(equal(body.key.dp, {7}));
  BOOST_TEST(equal(body.key.dq, {8}));
  BOOST_TEST(equal(body.key.qi, {9}));
  BOOST_TEST((body.key_ops.value() == std::vector{key_operation::sign, key_operation::decrypt}));
  BOOST_TEST(body.attributes.expires.value() == -2'085'978'496);
  BOOST_TEST(body.attributes.exportable.value());
  BOOST_TEST((body.tags.value() == tag_map{{"a", "b"}}));
  BOOST_TEST((body.release.value().data == bytes{'{', '}'}));
}

BOOST_AUTO_TEST_CASE(ec_and_symmetric_keys_are_read) {
  const auto curve = imported(ec);
  BOOST_TEST((curve.key.type == crypto::key_type::ec));
  BOOST_TEST((curve.key.crv == crypto::curve::p384));
  BOOST_TEST((curve.key.x == bytes{1}));
  BOOST_TEST((curve.key.y == bytes{2}));
  BOOST_TEST(equal(curve.key.d, {3}));
  BOOST_TEST(!curve.key_ops);
  BOOST_TEST(!curve.tags);
  BOOST_TEST(!curve.release);
  const auto octets = imported(oct + R"(,"n":null)");
  BOOST_TEST((octets.key.type == crypto::key_type::oct));
  BOOST_TEST(octets.key.k.size() == 16u);
}

BOOST_AUTO_TEST_CASE(a_key_is_for_an_hsm_by_its_type_or_by_a_member) {
  BOOST_TEST(!imported(rsa).hsm);
  for (const std::string member : {"Hsm", "hsm"}) {
    const auto hsm = [&](const char* value) { return ",\"" + member + "\":" + value; };
    BOOST_TEST(imported(rsa, hsm("true")).hsm);
    BOOST_TEST(!imported(rsa, hsm("false")).hsm);
    BOOST_TEST(!imported(rsa, hsm("null")).hsm);
    BOOST_TEST(refused(rsa, hsm("1")) ==
               "BadParameter: Member '" + member + "' must be true or false.");
  }
  const auto of_hsm = [](std::string jwk) {
    const auto kty = jwk.find("\"kty\":\"") + 7;
    return jwk.insert(jwk.find('"', kty), "-HSM");
  };
  for (const auto& jwk : {rsa, ec, oct}) {
    const auto software = imported(jwk);
    const auto hsm = imported(of_hsm(jwk));
    BOOST_TEST(hsm.hsm);
    BOOST_TEST(!software.hsm);
    BOOST_TEST((hsm.key.type == software.key.type));
    // The type alone says it: nobody gets a software key who has asked for -HSM.
    BOOST_TEST(imported(of_hsm(jwk), R"(,"Hsm":false)").hsm);
  }
}

BOOST_AUTO_TEST_CASE(a_key_is_brought_from_another_hsm) {
  for (const auto& kid : {kek, kek_elsewhere}) {
    const auto body = imported(R"("kty":"RSA-HSM","key_ops":["sign"],)" + key_hsm(transfer(kid)));
    BOOST_TEST(body.hsm);
    BOOST_TEST((body.key.type == crypto::key_type::rsa));
    BOOST_TEST((body.key_ops.value() == std::vector{key_operation::sign}));
    BOOST_TEST(body.transfer.value().name == "kek");
    BOOST_TEST(body.transfer->version == "0123456789abcdef0123456789abcdef");
    BOOST_TEST((body.transfer->ciphertext == bytes{1, 2, 3}));
  }
  const auto curve = imported(R"("kty":"EC-HSM","crv":"P-384",)" + key_hsm(transfer(kek)));
  BOOST_TEST((curve.key.crv == crypto::curve::p384));
  BOOST_TEST(curve.transfer.has_value());
  BOOST_TEST(imported(R"("kty":"RSA",)" + key_hsm(transfer(kek)), R"(,"Hsm":true)").hsm);
  BOOST_TEST(!imported(rsa + R"(,"key_hsm":null)").transfer);
}

BOOST_AUTO_TEST_CASE(only_keys_of_hsms_are_brought_so_and_nothing_else_with_them) {
  const auto blob = key_hsm(transfer(kek));
  for (const std::string kty : {"RSA", "EC", "oct", "oct-HSM"}) {
    BOOST_TEST(refused(R"("crv":"P-256","kty":")" + kty + "\"," + blob) ==
               "BadParameter: Member 'key.kty' is '" + kty + "'. Accepted are RSA-HSM and EC-HSM.");
  }
  BOOST_TEST(refused(R"("kty":"EC-HSM",)" + blob) == "BadParameter: Member 'key.crv' is required.");
  for (const std::string member : {"n", "e", "x", "y", "d", "k", "p", "q", "dp", "dq", "qi"}) {
    BOOST_TEST(refused(R"("kty":"RSA-HSM",")" + member + R"(":"AQ",)" + blob) ==
               "BadParameter: Member 'key." + member +
                   "' does not go with 'key.key_hsm', which brings the whole key.");
  }
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_transfer_blob_is_said) {
  const auto wrong = [](const std::string& text) {
    return refused(R"("kty":"RSA-HSM",)" + key_hsm(text));
  };
  const auto changed = [&](const std::string& from, const std::string& to) {
    auto text = transfer(kek);
    return wrong(text.replace(text.find(from), from.size(), to));
  };
  BOOST_TEST(wrong(transfer(kek)) == "ok");
  BOOST_TEST(changed(R"("generator":)", R"("unknown":)") == "ok");
  BOOST_TEST(refused(R"("kty":"RSA-HSM","key_hsm":1)") ==
             "BadParameter: Member 'key.key_hsm' must be a string.");
  BOOST_TEST(refused(R"("kty":"RSA-HSM","key_hsm":"A+")") ==
             "BadParameter: Member 'key.key_hsm' must be encoded with base64url.");
  for (const std::string text : {"", "AAAA", "[]", "{"}) {
    BOOST_TEST(wrong(text).starts_with("BadParameter: The transfer blob in 'key.key_hsm' "), text);
  }
  BOOST_TEST(wrong("{}") == "BadParameter: Member 'schema_version' is required.");
  for (const std::string member : {"kid", "alg", "enc"}) {
    BOOST_TEST(changed('"' + member + "\":", R"("x":)") ==
               "BadParameter: Member 'header." + member + "' is required.");
  }
  BOOST_TEST(changed(R"("header":)", R"("x":)") ==
             "BadParameter: Member 'header.alg' is required.");
  BOOST_TEST(changed(R"("ciphertext":)", R"("x":)") ==
             "BadParameter: Member 'ciphertext' is required.");
  BOOST_TEST(changed("1.0.0", "2.0.0") ==
             "BadParameter: Member 'schema_version' is '2.0.0'. Accepted are 1.0.0.");
  BOOST_TEST(changed(R"("dir")", R"("RSA")") ==
             "BadParameter: Member 'header.alg' is 'RSA'. Accepted are dir.");
  BOOST_TEST(changed("CKM_RSA_AES_KEY_WRAP", "A256KW") ==
             "BadParameter: Member 'header.enc' is 'A256KW'. Accepted are CKM_RSA_AES_KEY_WRAP.");
  BOOST_TEST(changed("AQID", "A+") ==
             "BadParameter: Member 'ciphertext' must be encoded with base64url.");
  const std::string eight_kilobytes(8192 / 3 * 4 + 3, 'A');
  BOOST_TEST(changed("AQID", eight_kilobytes) == "ok");
  BOOST_TEST(changed("AQID", eight_kilobytes + "A") ==
             "BadParameter: Member 'ciphertext' has 8193 bytes, allowed are 8192.");
  for (const std::string kid :
       {"", "kek", "https://premium.vault.azure.net/keys/kek",
        "https://premium.vault.azure.net/secrets/kek/0123",
        "https://premium.vault.azure.net/keys/kek/0123/4567", "https://premium/keys/k_k/0123",
        "https://premium/keys/kek/", "https://premium/keys//0123", "/keys/kek/0123"}) {
    BOOST_TEST(wrong(transfer(kid)) ==
                   "BadParameter: Member 'header.kid' is '" + kid +
                       "'. Expected is the id of the key-exchange key, with its version.",
               kid);
  }
}

BOOST_AUTO_TEST_CASE(missing_members_are_named) {
  const auto missing = [](const std::string& member) {
    return "BadParameter: Member '" + member + "' is required.";
  };
  BOOST_TEST(refusal(key_import, "{}") == missing("key"));
  BOOST_TEST(refusal(key_import, R"({"key":null})") == missing("key"));
  BOOST_TEST(refusal(key_import, R"({"key":[]})") ==
             "BadParameter: Member 'key' must be an object.");
  BOOST_TEST(refused("") == missing("key.kty"));
  for (const std::string member : {"n", "e", "d"}) {
    BOOST_TEST(refused(without(rsa, member)) == missing("key." + member));
    BOOST_TEST(refused(without(rsa, member) + ",\"" + member + "\":\"\"") ==
               missing("key." + member));
  }
  for (const std::string member : {"crv", "x", "y", "d"}) {
    BOOST_TEST(refused(without(ec, member)) == missing("key." + member));
  }
  BOOST_TEST(refused(without(oct, "k")) == missing("key.k"));
}

BOOST_AUTO_TEST_CASE(the_factors_come_together) {
  BOOST_TEST(refused(rsa) == "ok");
  BOOST_TEST(refused(rsa + factors) == "ok");
  for (const std::string member : {"p", "q", "dp", "dq", "qi"}) {
    BOOST_TEST(refused(without(rsa + factors, member)) ==
               "BadParameter: Member 'key." + member +
                   "' is required: p, q, dp, dq and qi come together.");
  }
}

BOOST_AUTO_TEST_CASE(numbers_are_base64url_and_of_a_size_that_a_key_may_have) {
  for (const std::string member : {"n", "e", "d", "p", "q", "dp", "dq", "qi", "x", "y", "k"}) {
    const auto label = "BadParameter: Member 'key." + member + "' ";
    const auto with = [&](const std::string& value) {
      return refused(rsa + factors + ",\"" + member + "\":" + value);
    };
    BOOST_TEST(with("1") == label + "must be a string.");
    BOOST_TEST(with("\"A+/A\"") == label + "must be encoded with base64url.");
    const std::string kilobyte(1024 / 3 * 4, 'A');
    BOOST_TEST(with('"' + kilobyte + "AA\"") == "ok");
    BOOST_TEST(with('"' + kilobyte + "AAA\"") == label + "has 1025 bytes, allowed are 1024.");
  }
  BOOST_TEST(refused(R"("kty":1)") == "BadParameter: Member 'key.kty' must be a string.");
  BOOST_TEST(refused(ec + R"(,"crv":1)") == "BadParameter: Member 'key.crv' must be a string.");
  BOOST_TEST(refused(ec + R"(,"crv":"P-192")") ==
             "BadParameter: Member 'key.crv' is 'P-192'. Accepted are P-256, P-256K, P-384 and "
             "P-521.");
  BOOST_TEST(has(refused(rsa + R"(,"key_ops":["derive"])"), "Property  has invalid value\r\n"));
}

BOOST_AUTO_TEST_CASE(messages_do_not_quote_a_private_number) {
  const auto answer = refused(rsa + R"(,"d":"very secret !")");
  BOOST_TEST(!has(answer, "very secret"), answer);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::json
