#include <vector>

#include "protocol/json/read.hpp"
#include "protocol/json/stored.hpp"
#include "protocol/json/write.hpp"
#include "support.hpp"

namespace twinkeep::protocol::json {

using test::has;
using test::text_of;

namespace {

constexpr std::string_view base = "https://demo.vault.localhost:8443";

answer_context context(std::string_view api_version = "2025-07-01") {
  return {base, api_version, {90, false}};
}

secret_properties plain_secret() {
  return {"v1", {true, {}, {}, 10, 20}, {}, {}};
}

secret_properties full_secret() {
  return {"v1", {false, -5, 1900000000, 10, 20}, "text/\"x\"", {{"a\n", "b\\"}, {"z", ""}}};
}

key_properties rsa_key() {
  key_properties key;
  key.version = "v1";
  key.attributes = {true, {}, {}, 10, 20};
  key.key_ops = {key_operation::sign, key_operation::wrap_key};
  key.pub = {crypto::key_type::rsa, {}, {0xFB, 0xFF}, {1, 0, 1}, {}, {}};
  return key;
}

key_properties ec_key() {
  key_properties key;
  key.version = "v2";
  key.attributes = {false, 1, 2, 3, 4};
  key.pub = {crypto::key_type::ec, crypto::curve::p256k, {}, {}, {0, 1}, {2}};
  key.tags = {{"t", "u"}};
  return key;
}

const std::string rest = R"("recoveryLevel":"Recoverable+Purgeable","recoverableDays":90)";
const std::string plain_attributes =
    R"("attributes":{"enabled":true,"created":10,"updated":20,)" + rest;

}  // namespace

BOOST_AUTO_TEST_SUITE(answers_of_secrets)

BOOST_AUTO_TEST_CASE(a_bundle_with_its_value) {
  BOOST_TEST(text_of(write_secret(context(), "db", plain_secret(), {}, as_bytes("s3"))) ==
             R"({"value":"s3","id":"https://demo.vault.localhost:8443/secrets/db/v1",)" +
                 plain_attributes + "}}");
}

BOOST_AUTO_TEST_CASE(a_deleted_bundle_has_no_value) {
  BOOST_TEST(text_of(write_secret(context(), "db", full_secret(), deletion{100, 200}, {})) ==
             R"({"recoveryId":"https://demo.vault.localhost:8443/deletedsecrets/db",)"
             R"("deletedDate":100,"scheduledPurgeDate":200,)"
             R"("id":"https://demo.vault.localhost:8443/secrets/db/v1",)"
             R"("contentType":"text/\"x\"","attributes":{"enabled":false,"nbf":-5,)"
             R"("exp":1900000000,"created":10,"updated":20,)" +
                 rest + R"(},"tags":{"a\n":"b\\","z":""}})");
}

BOOST_AUTO_TEST_CASE(an_empty_value_is_shown) {
  const auto text = text_of(write_secret(context(), "db", plain_secret(), {}, byte_view{}));
  BOOST_TEST(text.starts_with(R"({"value":"","id":)"));
}

BOOST_AUTO_TEST_CASE(control_characters_are_escaped_and_no_more) {
  std::string value;
  for (char c = 0; c < 0x21; ++c) value += c;
  value += "\"\\/<\x7F\xC3\xA9\xE2\x80\xA8\xF0\x9F\x98\x80";
  const auto text = text_of(write_secret(context(), "n", plain_secret(), {}, as_bytes(value)));
  const std::string escaped =
      "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e"
      "\\u000f\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b"
      "\\u001c\\u001d\\u001e\\u001f \\\"\\\\/<\x7F\xC3\xA9\xE2\x80\xA8\xF0\x9F\x98\x80\"";
  BOOST_TEST(has(text, "{\"value\":" + escaped + ","), text);
  // What was written is read again, octet by octet.
  const auto again = read_body(operation_id::secret_set, as_bytes(text));
  BOOST_TEST_REQUIRE(again.ok());
  BOOST_TEST(text_of(std::get<set_secret>(*again).value) == value);
}

BOOST_AUTO_TEST_CASE(members_are_as_young_as_the_version_that_was_asked) {
  const auto attributes_of = [](std::string_view version) {
    return text_of(write_key(context(version), "k", rsa_key(), {}));
  };
  for (const std::string_view version : {"2015-06-01", "2016-10-01", "7.0"}) {
    BOOST_TEST(!has(attributes_of(version), "recoverableDays"), version);
    BOOST_TEST(has(attributes_of(version), "\"recoveryLevel\":"), version);
  }
  BOOST_TEST(has(attributes_of("7.1"), R"("recoverableDays":90})"));
  BOOST_TEST(!has(attributes_of("7.2"), "exportable"));
  BOOST_TEST(has(attributes_of("7.3"), R"("exportable":false})"));
  BOOST_TEST(!has(attributes_of("7.4"), "hsmPlatform"));
  BOOST_TEST(has(attributes_of("7.5"), R"("exportable":false,"hsmPlatform":"0"})"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(answers_of_keys)

BOOST_AUTO_TEST_CASE(an_rsa_bundle) {
  BOOST_TEST(text_of(write_key(context(), "k", rsa_key(), {})) ==
             R"({"key":{"kid":"https://demo.vault.localhost:8443/keys/k/v1","kty":"RSA",)"
             R"("key_ops":["sign","wrapKey"],"n":"-_8","e":"AQAB"},)" +
                 plain_attributes + R"(,"exportable":false,"hsmPlatform":"0"}})");
}

BOOST_AUTO_TEST_CASE(an_ec_bundle_that_is_deleted) {
  BOOST_TEST(text_of(write_key(context("7.0"), "k", ec_key(), deletion{5, 6})) ==
             R"({"recoveryId":"https://demo.vault.localhost:8443/deletedkeys/k","deletedDate":5,)"
             R"("scheduledPurgeDate":6,)"
             R"("key":{"kid":"https://demo.vault.localhost:8443/keys/k/v2","kty":"EC",)"
             R"("key_ops":[],"crv":"P-256K","x":"AAE","y":"Ag"},"attributes":{"enabled":false,)"
             R"("nbf":1,"exp":2,"created":3,"updated":4,"recoveryLevel":"Recoverable+Purgeable"},)"
             R"("tags":{"t":"u"}})");
}

BOOST_AUTO_TEST_CASE(results_of_crypto_operations) {
  BOOST_TEST(text_of(write_crypto_result(context(), "k", "v1", bytes{0xFF, 0xFE, 0xFD, 0xFC})) ==
             R"({"kid":"https://demo.vault.localhost:8443/keys/k/v1","value":"__79_A"})");
  BOOST_TEST(text_of(write_verify_result(true)) == R"({"value":true})");
  BOOST_TEST(text_of(write_verify_result(false)) == R"({"value":false})");
}

BOOST_AUTO_TEST_CASE(base64url_of_every_length_is_canonical) {
  bytes blob;
  for (unsigned size = 0; size < 70; ++size) {
    const auto text = text_of(write_backup(blob));
    BOOST_TEST(text == R"({"value":")" + crypto::base64url_encode(blob) + "\"}");
    const auto again = read_backup_blob(as_bytes(text));
    BOOST_TEST_REQUIRE(again.ok());
    BOOST_TEST((*again == blob));
    blob.push_back(static_cast<std::uint8_t>(size * 37 + 251));
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(answers_of_lists)

BOOST_AUTO_TEST_CASE(an_empty_page_has_an_array_and_a_null) {
  const page_context page{context(), "/secrets", {}, 25, false};
  BOOST_TEST(text_of(write_secret_page(page, {})) == R"({"value":[],"nextLink":null})");
  BOOST_TEST(text_of(write_key_page(page, {})) == R"({"value":[],"nextLink":null})");
}

BOOST_AUTO_TEST_CASE(items_have_no_value_and_their_version_where_asked) {
  const auto first = plain_secret();
  const auto second = full_secret();
  const std::vector<secret_item> items{{"a", &first, {}}, {"b", &second, deletion{1, 2}}};
  const auto text = text_of(write_secret_page({context(), "/secrets", {}, 25, false}, items));
  BOOST_TEST(text.starts_with(R"({"value":[{"id":"https://demo.vault.localhost:8443/secrets/a",)" +
                              plain_attributes + R"(}},{"id":)"),
             text);
  BOOST_TEST(has(text, R"({"id":"https://demo.vault.localhost:8443/secrets/b","recoveryId":)"
                       R"("https://demo.vault.localhost:8443/deletedsecrets/b",)"
                       R"("deletedDate":1,"scheduledPurgeDate":2,"contentType":)"),
             text);
  const auto versions =
      text_of(write_secret_page({context(), "/secrets/a/versions", {}, 25, true}, items));
  BOOST_TEST(has(versions, R"("id":"https://demo.vault.localhost:8443/secrets/a/v1")"));
}

BOOST_AUTO_TEST_CASE(key_items_have_no_material) {
  const auto key = ec_key();
  const std::vector<key_item> items{{"k", &key, {}}};
  const auto text = text_of(write_key_page({context("7.1"), "/keys", {}, 25, false}, items));
  BOOST_TEST(text == R"({"value":[{"kid":"https://demo.vault.localhost:8443/keys/k",)"
                     R"("attributes":{"enabled":false,"nbf":1,"exp":2,"created":3,"updated":4,)" +
                         rest + R"(},"tags":{"t":"u"}}],"nextLink":null})");
  const auto versions =
      text_of(write_key_page({context(), "/keys/k/versions", {}, 25, true}, items));
  BOOST_TEST(has(versions, R"({"kid":"https://demo.vault.localhost:8443/keys/k/v2","attributes")"));
}

BOOST_AUTO_TEST_CASE(the_next_page_is_asked_for_as_this_one_was) {
  const auto text =
      text_of(write_secret_page({context("7.4"), "/secrets/n/versions", "a?", 7, true}, {}));
  BOOST_TEST(text == R"({"value":[],"nextLink":"https://demo.vault.localhost:8443/secrets/n/)"
                     R"(versions?api-version=7.4&$skiptoken=YT8&maxresults=7"})");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(stored_forms)

BOOST_AUTO_TEST_CASE(secrets_come_back_whole) {
  for (const auto& secret : {plain_secret(), full_secret()}) {
    const auto text = store_secret(secret);
    const auto again = load_secret(text);
    BOOST_TEST_REQUIRE(again.ok(), text);
    BOOST_TEST(again->version == secret.version);
    BOOST_TEST(again->attributes.enabled == secret.attributes.enabled);
    BOOST_TEST((again->attributes.not_before == secret.attributes.not_before));
    BOOST_TEST((again->attributes.expires == secret.attributes.expires));
    BOOST_TEST(again->attributes.created == 10);
    BOOST_TEST(again->attributes.updated == 20);
    BOOST_TEST((again->content_type == secret.content_type));
    BOOST_TEST((again->tags == secret.tags));
    BOOST_TEST(store_secret(*again) == text);
  }
}

BOOST_AUTO_TEST_CASE(keys_come_back_whole) {
  for (const auto& key : {rsa_key(), ec_key()}) {
    const auto text = store_key(key);
    const auto again = load_key(text);
    BOOST_TEST_REQUIRE(again.ok(), text);
    BOOST_TEST((again->key_ops == key.key_ops));
    BOOST_TEST((again->pub.type == key.pub.type));
    BOOST_TEST((again->pub.n == key.pub.n && again->pub.e == key.pub.e));
    BOOST_TEST((again->pub.x == key.pub.x && again->pub.y == key.pub.y));
    if (key.pub.type == crypto::key_type::ec) BOOST_TEST((again->pub.crv == key.pub.crv));
    BOOST_TEST(store_key(*again) == text);
  }
}

BOOST_AUTO_TEST_CASE(records_of_other_versions_of_the_service_are_read) {
  const auto secret = load_secret(R"({"version":"v","of the future":{"a":[1]}})");
  BOOST_TEST_REQUIRE(secret.ok());
  BOOST_TEST(secret->attributes.enabled);
  BOOST_TEST(!secret->content_type);
  const auto key =
      load_key(R"({"kty":"RSA","n":"AQ","e":"AQAB","key_ops":["sign","of the future"]})");
  BOOST_TEST_REQUIRE(key.ok());
  BOOST_TEST((key->key_ops == std::vector{key_operation::sign}));
}

BOOST_AUTO_TEST_CASE(what_is_corrupt_is_named_and_not_quoted) {
  const auto is_corrupt = [](const auto& o, std::string_view member) {
    return !o.ok() && o.error().code == crypto::error_code::corrupt &&
           has(o.error().message, member) && !has(o.error().message, "hidden");
  };
  for (const auto* text : {"", "{", "[]", "\"hidden\"", "{} hidden", R"({"version":"hidden)"}) {
    BOOST_TEST(is_corrupt(load_secret(text), "The stored record"), text);
    BOOST_TEST(is_corrupt(load_key(text), "The stored record"), text);
  }
  BOOST_TEST(is_corrupt(load_secret(R"({"nbf":"hidden"})"), "'nbf'"));
  BOOST_TEST(is_corrupt(load_secret(R"({"tags":"hidden"})"), "'tags'"));
  BOOST_TEST(is_corrupt(load_secret(R"({"contentType":1})"), "'contentType'"));
  BOOST_TEST(is_corrupt(load_key("{}"), "'kty'"));
  BOOST_TEST(is_corrupt(load_key(R"({"kty":"hidden"})"), "'kty'"));
  BOOST_TEST(is_corrupt(load_key(R"({"kty":"RSA"})"), "'n'"));
  BOOST_TEST(is_corrupt(load_key(R"({"kty":"RSA","n":"AQ"})"), "'e'"));
  BOOST_TEST(is_corrupt(load_key(R"({"kty":"RSA","n":"hidden!","e":"AQ"})"), "'n'"));
  BOOST_TEST(is_corrupt(load_key(R"({"kty":"EC","crv":"hidden"})"), "'crv'"));
  BOOST_TEST(is_corrupt(load_key(R"({"kty":"EC","crv":"P-256","x":"AQ"})"), "'y'"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::json
