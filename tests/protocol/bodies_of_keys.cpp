#include <vector>

#include "protocol/json/read.hpp"
#include "support.hpp"

namespace twinkeep::protocol::json {

using test::has;
using test::said;

namespace {

using enum operation_id;

outcome<request_body> read(operation_id operation, std::string_view body) {
  return read_body(operation, as_bytes(body));
}

template <class Body>
Body must_read(operation_id operation, std::string_view body) {
  auto done = read(operation, body);
  BOOST_TEST_REQUIRE(done.ok(), said(done));
  return std::get<Body>(*std::move(done));
}

create_key must_create(std::string_view body) {
  return must_read<create_key>(key_create, body);
}

const std::vector crypto_operations{key_encrypt, key_decrypt, key_wrap,
                                    key_unwrap,  key_sign,    key_verify};

}  // namespace

BOOST_AUTO_TEST_SUITE(bodies_of_key_creation)

BOOST_AUTO_TEST_CASE(every_member_is_read) {
  const auto body = must_create(
      R"({"kty":"RSA","key_size":3072,"public_exponent":65537,"crv":"ignored",)"
      R"("key_ops":["wrapKey","sign","wrapKey"],"attributes":{"enabled":true,"nbf":1,"exp":2,)"
      R"("exportable":false},"tags":{"a":"b"}})");
  BOOST_TEST((body.spec.type == crypto::key_type::rsa));
  BOOST_TEST(body.spec.modulus_bits == 3072u);
  // A set, in the order that was given.
  BOOST_TEST((body.key_ops.value() == std::vector{key_operation::wrap_key, key_operation::sign}));
  BOOST_TEST(body.attributes.exportable.value() == false);
  BOOST_TEST(body.attributes.enabled.value());
  BOOST_TEST((body.tags.value() == tag_map{{"a", "b"}}));
}

BOOST_AUTO_TEST_CASE(sizes_and_curves_have_defaults) {
  BOOST_TEST(must_create(R"({"kty":"RSA"})").spec.modulus_bits == 2048u);
  BOOST_TEST(must_create(R"({"kty":"RSA","key_size":4096})").spec.modulus_bits == 4096u);
  const auto ec = must_create(R"({"kty":"EC","key_size":1})");
  BOOST_TEST((ec.spec.type == crypto::key_type::ec));
  BOOST_TEST((ec.spec.crv == crypto::curve::p256));
  BOOST_TEST(!ec.key_ops);
  BOOST_TEST(!ec.tags);
  struct row {
    std::string_view name;
    crypto::curve crv;
  };
  for (const auto& [name, crv] : std::vector<row>{{"P-256", crypto::curve::p256},
                                                  {"P-256K", crypto::curve::p256k},
                                                  {"SECP256K1", crypto::curve::p256k},
                                                  {"P-384", crypto::curve::p384},
                                                  {"P-521", crypto::curve::p521}}) {
    const auto body = must_create(R"({"kty":"EC","crv":")" + std::string(name) + "\"}");
    BOOST_TEST((body.spec.crv == crv), name);
  }
}

BOOST_AUTO_TEST_CASE(types_that_are_not_held_are_refused) {
  BOOST_TEST(said(read(key_create, "{}")) == "BadParameter: Member 'kty' is required.");
  BOOST_TEST(said(read(key_create, R"({"kty":null})")) ==
             "BadParameter: Member 'kty' is required.");
  BOOST_TEST(said(read(key_create, R"({"kty":1})")) ==
             "BadParameter: Member 'kty' must be a string.");
  for (const std::string kty : {"RSA-HSM", "EC-HSM", "oct", "oct-HSM"}) {
    BOOST_TEST(said(read(key_create, R"({"kty":")" + kty + "\"}")) ==
               "BadParameter: Member 'kty' is '" + kty +
                   "': this vault does not hold such keys. Accepted are RSA and EC.");
  }
  for (const std::string kty : {"", "rsa", "ec", "OKP", "RSA "}) {
    BOOST_TEST(said(read(key_create, R"({"kty":")" + kty + "\"}")) ==
               "BadParameter: Member 'kty' is '" + kty +
                   "', which is no type of key. Accepted are RSA and EC.");
  }
}

BOOST_AUTO_TEST_CASE(sizes_curves_and_exponents_are_checked) {
  for (const std::string size : {"0", "-1", "1024", "2047", "2049", "8192", "4294969344"}) {
    BOOST_TEST(said(read(key_create, R"({"kty":"RSA","key_size":)" + size + '}')) ==
               "BadParameter: Member 'key_size' is " + size +
                   ". Accepted for RSA are 2048, 3072 and 4096.");
  }
  BOOST_TEST(has(said(read(key_create, R"({"kty":"RSA","key_size":"2048"})")), "'key_size'"));
  BOOST_TEST(said(read(key_create, R"({"kty":"RSA","public_exponent":3})")) ==
             "BadParameter: Member 'public_exponent' is 3. Accepted is 65537.");
  for (const std::string crv : {"", "p-256", "P-192", "secp256k1"}) {
    BOOST_TEST(said(read(key_create, R"({"kty":"EC","crv":")" + crv + "\"}")) ==
               "BadParameter: Member 'crv' is '" + crv +
                   "'. Accepted are P-256, P-256K, P-384 and P-521.");
  }
}

BOOST_AUTO_TEST_CASE(what_a_client_wrote_is_shortened_for_the_message) {
  const auto answer = said(read(key_create, R"({"kty":")" + std::string(5000, 'x') + "\"}"));
  BOOST_TEST(answer.size() < 300u);
  BOOST_TEST(has(answer, "xxx...'"));
  // Never through a character of several octets.
  std::string wide(63, 'x');
  wide += "\xC3\xA9\xC3\xA9";
  BOOST_TEST(has(said(read(key_create, R"({"kty":")" + wide + "\"}")), "xx...'"));
}

BOOST_AUTO_TEST_CASE(key_release_is_refused_in_azures_numbers) {
  const auto create = [](std::string_view rest) {
    return said(read(key_create, R"({"kty":"RSA-HSM",)" + std::string(rest) + '}'));
  };
  BOOST_TEST(create(R"("attributes":{"exportable":true})") ==
             "BadParameter: AKV.SKR.1004: Exportable keys must have release policy.");
  BOOST_TEST(create(R"("release_policy":{"data":"e30"})") ==
             "BadParameter: AKV.SKR.1005: Non-exportable keys must not have release policy.");
  BOOST_TEST(
      has(create(R"("release_policy":{},"attributes":{"exportable":true})"), "AKV.SKR.1006: "));
  BOOST_TEST(has(create(R"("release_policy":null,"attributes":{"exportable":false})"), "'kty'"));
  BOOST_TEST(has(said(read(key_update, R"({"release_policy":{}})")), "AKV.SKR.1005: "));
}

BOOST_AUTO_TEST_CASE(key_ops_are_known_words) {
  const auto update = [](std::string_view ops) {
    return read(key_update, R"({"key_ops":)" + std::string(ops) + '}');
  };
  const auto body = must_read<update_key>(
      key_update,
      R"({"key_ops":["encrypt","decrypt","sign","verify","wrapKey","unwrapKey","import","export"]})");
  BOOST_TEST(body.key_ops.value().size() == 8u);
  const auto none = must_read<update_key>(key_update, R"({"key_ops":[]})");
  BOOST_TEST_REQUIRE(none.key_ops.has_value());
  BOOST_TEST(none.key_ops->empty());
  BOOST_TEST(!must_read<update_key>(key_update, "{}").key_ops);
  for (const auto* wrong : {R"(["wrapkey"])", R"(["sign","derive"])", R"([""])"}) {
    BOOST_TEST(said(update(wrong)).starts_with("BadParameter: Property  has invalid value\r\n"),
               wrong);
  }
  BOOST_TEST(said(update(R"("sign")")) == "BadParameter: Member 'key_ops' must be an array.");
  BOOST_TEST(said(update("[1]")) == "BadParameter: Member 'key_ops[]' must be a string.");
  BOOST_TEST(said(update("[null]")) == "BadParameter: Member 'key_ops[]' must be a string.");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bodies_of_crypto_operations)

BOOST_AUTO_TEST_CASE(algorithm_and_value_are_read) {
  for (const auto operation : crypto_operations) {
    const bool signs = operation == key_sign || operation == key_verify;
    const std::string alg = signs ? "ES256K" : "RSA-OAEP";
    const auto text = R"({"alg":")" + alg + R"(","value":"AAEC","digest":"Aw==","iv":1,"aad":[]})";
    const auto body = must_read<crypto_parameters>(operation, text);
    BOOST_TEST(body.algorithm->name == alg);
    BOOST_TEST(test::equal(body.value.view(), bytes{0, 1, 2}));
    // Only verify has a digest; padding is accepted.
    BOOST_TEST(test::equal(body.digest, operation == key_verify ? bytes{3} : bytes{}));
  }
}

BOOST_AUTO_TEST_CASE(members_that_are_required) {
  for (const auto operation : crypto_operations) {
    const bool signs = operation == key_sign || operation == key_verify;
    const std::string alg = signs ? R"("alg":"RS256")" : R"("alg":"RSA1_5")";
    BOOST_TEST(said(read(operation, R"({"value":"AA","digest":"AA"})")) ==
               "BadParameter: Member 'alg' is required.");
    BOOST_TEST(said(read(operation, '{' + alg + R"(,"digest":"AA","value":null})")) ==
               "BadParameter: Member 'value' is required.");
  }
  BOOST_TEST(said(read(key_verify, R"({"alg":"RS256","value":"AA"})")) ==
             "BadParameter: Member 'digest' is required.");
}

BOOST_AUTO_TEST_CASE(binary_members_are_base64url) {
  for (const auto operation : crypto_operations) {
    for (const std::string wrong : {"A", "A+/A", "AA=", "A A", "AB", "\xC3\xA9"}) {
      const auto text = R"({"alg":"RS256","digest":"AA","value":")" + wrong + "\"}";
      BOOST_TEST(said(read(operation, text)) ==
                     "BadParameter: Member 'value' must be encoded with base64url.",
                 wrong);
    }
    BOOST_TEST(said(read(operation, R"({"alg":"RS256","value":1})")) ==
               "BadParameter: Member 'value' must be a string.");
  }
  BOOST_TEST(said(read(key_verify, R"({"alg":"RS256","value":"AA","digest":"!"})")) ==
             "BadParameter: Member 'digest' must be encoded with base64url.");
  BOOST_TEST(
      must_read<crypto_parameters>(key_encrypt, R"({"alg":"RSA1_5","value":""})").value.empty());
}

BOOST_AUTO_TEST_CASE(an_unknown_algorithm_is_told_the_known_ones) {
  for (const auto operation : crypto_operations) {
    const bool signs = operation == key_sign || operation == key_verify;
    for (const std::string alg : {"", "none", "rs256", "HS256", "A256GCM", "RS256 "}) {
      const auto answer =
          said(read(operation, R"({"alg":")" + alg + R"(","value":"AA","digest":"AA"})"));
      BOOST_TEST(answer.starts_with("BadParameter: Member 'alg' is '" + alg + "'. Accepted for "));
      BOOST_TEST(has(answer, "PS512") == signs);
      BOOST_TEST(has(answer, "RSA-OAEP-256") == !signs);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::json
