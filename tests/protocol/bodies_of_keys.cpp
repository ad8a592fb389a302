#include <vector>

#include "bodies.hpp"

namespace twinkeep::protocol::json {

using test::has;
using test::must_read;
using test::read;
using test::said;

namespace {

using enum operation_id;

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

BOOST_AUTO_TEST_CASE(symmetric_keys_have_three_sizes) {
  const auto whole = must_create(R"({"kty":"oct","public_exponent":3,"crv":"P-256"})");
  BOOST_TEST((whole.spec.type == crypto::key_type::oct));
  BOOST_TEST(whole.spec.octet_bits == 256u);
  for (const unsigned bits : {128u, 192u, 256u}) {
    const auto body = must_create(R"({"kty":"oct","key_size":)" + std::to_string(bits) + '}');
    BOOST_TEST(body.spec.octet_bits == bits);
  }
  for (const std::string size : {"0", "-256", "255", "512", "2048", "4294967424"}) {
    BOOST_TEST(said(read(key_create, R"({"kty":"oct","key_size":)" + size + '}')) ==
               "BadParameter: Member 'key_size' is " + size +
                   ". Accepted for oct are 128, 192 and 256.");
  }
}

BOOST_AUTO_TEST_CASE(types_that_are_not_held_are_refused) {
  BOOST_TEST(said(read(key_create, "{}")) == "BadParameter: Member 'kty' is required.");
  BOOST_TEST(said(read(key_create, R"({"kty":null})")) ==
             "BadParameter: Member 'kty' is required.");
  BOOST_TEST(said(read(key_create, R"({"kty":1})")) ==
             "BadParameter: Member 'kty' must be a string.");
  for (const std::string kty : {"", "rsa", "ec", "OCT", "OKP", "RSA ", "RSA-hsm", "-HSM"}) {
    BOOST_TEST(said(read(key_create, R"({"kty":")" + kty + "\"}")) ==
               "BadParameter: Member 'kty' is '" + kty +
                   "', which is no type of key. Accepted are RSA, RSA-HSM, EC, EC-HSM, oct and "
                   "oct-HSM.");
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

BOOST_AUTO_TEST_CASE(a_release_policy_is_read_and_left_to_the_vault) {
  for (const auto operation : {key_create, key_update}) {
    const auto policy_of = [&](std::string_view policy) {
      const auto text = R"({"kty":"RSA","release_policy":)" + std::string(policy) + '}';
      return operation == key_create ? must_read<create_key>(operation, text).release
                                     : must_read<update_key>(operation, text).release;
    };
    const auto whole = policy_of(R"({"contentType":"a/b","data":"e30","immutable":true,"x":1})");
    BOOST_TEST((whole == release_policy{"a/b", {'{', '}'}, true}));
    BOOST_TEST((policy_of("{}") == release_policy{}));
    BOOST_TEST(policy_of("{}")->content_type == "application/json; charset=utf-8");
    BOOST_TEST((policy_of("null") == std::nullopt));
    const auto refused = [&](std::string_view policy) {
      return said(read(operation, R"({"kty":"RSA","release_policy":)" + std::string(policy) + '}'));
    };
    BOOST_TEST(refused("[]") == "BadParameter: Member 'release_policy' must be an object.");
    BOOST_TEST(refused(R"({"data":"a b"})") ==
               "BadParameter: Member 'release_policy.data' must be encoded with base64url.");
    BOOST_TEST(refused(R"({"data":{}})") ==
               "BadParameter: Member 'release_policy.data' must be a string.");
    BOOST_TEST(refused(R"({"immutable":"true"})") ==
               "BadParameter: Member 'release_policy.immutable' must be true or false.");
    BOOST_TEST(refused(R"({"contentType":1})") ==
               "BadParameter: Member 'release_policy.contentType' must be a string.");
    BOOST_TEST(has(refused(R"({"contentType":")" + std::string(256, 'x') + "\"}"), "256"));
  }
}

BOOST_AUTO_TEST_CASE(the_types_of_hsms_say_who_is_to_hold_the_key) {
  for (const std::string type : {"RSA", "EC", "oct"}) {
    const auto software = must_create(R"({"kty":")" + type + "\"}");
    const auto hsm = must_create(R"({"kty":")" + type + "-HSM\"}");
    BOOST_TEST(!software.hsm);
    BOOST_TEST(hsm.hsm);
    BOOST_TEST((hsm.spec.type == software.spec.type));
  }
  const auto rsa = must_create(R"({"kty":"RSA-HSM","key_size":4096,"public_exponent":65537})");
  BOOST_TEST(rsa.spec.modulus_bits == 4096u);
  BOOST_TEST((must_create(R"({"kty":"EC-HSM","crv":"P-384"})").spec.crv == crypto::curve::p384));
  BOOST_TEST(must_create(R"({"kty":"oct-HSM","key_size":192})").spec.octet_bits == 192u);
  BOOST_TEST(said(read(key_create, R"({"kty":"RSA-HSM","public_exponent":3})")) ==
             "BadParameter: Member 'public_exponent' is 3. Accepted is 65537.");
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
    const auto text = R"({"alg":")" + alg + R"(","value":"AAEC","digest":"Aw==","x":[]})";
    const auto body = must_read<crypto_parameters>(operation, text);
    BOOST_TEST(body.algorithm->name == alg);
    BOOST_TEST(test::equal(body.value.view(), bytes{0, 1, 2}));
    // Only verify has a digest; padding is accepted.
    BOOST_TEST(test::equal(body.digest, operation == key_verify ? bytes{3} : bytes{}));
  }
}

BOOST_AUTO_TEST_CASE(symmetric_keys_take_iv_aad_and_tag) {
  for (const auto operation : {key_encrypt, key_decrypt, key_wrap, key_unwrap}) {
    const auto body = must_read<crypto_parameters>(
        operation, R"({"alg":"A256GCM","value":"","iv":"AQ","aad":"Ag","tag":"Aw"})");
    BOOST_TEST(body.algorithm->name == "A256GCM");
    BOOST_TEST((body.iv == bytes{1}));
    BOOST_TEST((body.aad == bytes{2}));
    BOOST_TEST((body.tag == bytes{3}));
    const auto none = must_read<crypto_parameters>(
        operation, R"({"alg":"A128CBC","value":"","iv":null,"aad":null,"tag":null})");
    BOOST_TEST((none.iv.empty() && none.aad.empty() && none.tag.empty()));
    for (const std::string member : {"iv", "aad", "tag"}) {
      const auto with = [&](const char* value) {
        return said(
            read(operation, R"({"alg":"A128KW","value":"",")" + member + "\":" + value + '}'));
      };
      BOOST_TEST(with("1") == "BadParameter: Member '" + member + "' must be a string.");
      BOOST_TEST(with("\"+/\"") ==
                 "BadParameter: Member '" + member + "' must be encoded with base64url.");
    }
  }
  // Signatures have none of them, so nobody looks at their type.
  const auto body = must_read<crypto_parameters>(
      key_sign, R"({"alg":"RS256","value":"","iv":1,"aad":{},"tag":[]})");
  BOOST_TEST(body.iv.empty());
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
    const bool encrypts = operation == key_encrypt || operation == key_decrypt;
    for (const std::string alg : {"", "none", "rs256", "HS256", "A512GCM", "RS256 "}) {
      const auto answer =
          said(read(operation, R"({"alg":")" + alg + R"(","value":"AA","digest":"AA"})"));
      BOOST_TEST(answer.starts_with("BadParameter: Member 'alg' is '" + alg + "'. Accepted for "));
      BOOST_TEST(has(answer, "PS512") == signs);
      BOOST_TEST(has(answer, "RSA-OAEP-256") == !signs);
      BOOST_TEST(has(answer, "A256KW") == !signs);
      BOOST_TEST(has(answer, "A256GCM") == encrypts);
      BOOST_TEST(has(answer, "A128CBCPAD") == encrypts);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bodies_of_release_and_chance)

BOOST_AUTO_TEST_CASE(a_release_has_a_target) {
  const auto body = must_read<release_key>(
      key_release, R"({"target":"eyJ.x.y","nonce":"n","enc":"RSA_AES_KEY_WRAP_256","x":1})");
  BOOST_TEST(body.target == "eyJ.x.y");
  BOOST_TEST(said(read(key_release, R"({"nonce":"n"})")) ==
             "BadParameter: Member 'target' is required.");
  for (const std::string member : {"target", "nonce", "enc"}) {
    BOOST_TEST(said(read(key_release, R"({"target":"t",")" + member + "\":1}")) ==
               "BadParameter: Member '" + member + "' must be a string.");
  }
  BOOST_TEST(said(read(key_release, R"({"target":"t","enc":"RSA_AES_KEY_WRAP"})")) ==
             "BadParameter: Member 'enc' is 'RSA_AES_KEY_WRAP'. Accepted are CKM_RSA_AES_KEY_WRAP, "
             "RSA_AES_KEY_WRAP_256 and RSA_AES_KEY_WRAP_384.");
}

BOOST_AUTO_TEST_CASE(one_to_128_random_octets_are_given) {
  const auto ask = [](const std::string& count) {
    return read(operation_id::random_bytes, R"({"count":)" + count + '}');
  };
  for (const unsigned count : {1u, 2u, 127u, 128u}) {
    const auto text = R"({"count":)" + std::to_string(count) + '}';
    const auto body = must_read<protocol::random_bytes>(operation_id::random_bytes, text);
    BOOST_TEST(body.count == count);
  }
  for (const std::string count : {"0", "-1", "129", "4294967297", "9223372036854775807"}) {
    BOOST_TEST(said(ask(count)) ==
               "BadParameter: Member 'count' is " + count + ". It must lie between 1 and 128.");
  }
  for (const std::string wrong : {"\"1\"", "1.5", "true", "[]", "1e1"}) {
    BOOST_TEST(said(ask(wrong)) == "BadParameter: Member 'count' must be an integer of 64 bits.");
  }
  BOOST_TEST(said(ask("null")) == "BadParameter: Member 'count' is required.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::json
