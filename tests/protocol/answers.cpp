#include <vector>

#include "protocol/json/read.hpp"
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

BOOST_AUTO_TEST_CASE(a_managed_secret_names_its_key) {
  auto secret = full_secret();
  secret.managed = true;
  const auto tail = std::string(R"("tags":{"a\n":"b\\","z":""},"managed":true)");
  const std::string kid = R"(,"kid":"https://demo.vault.localhost:8443/keys/c/v1"})";
  for (const auto& deleted : {std::optional<deletion>{}, std::optional{deletion{1, 2}}}) {
    const auto text = text_of(write_secret(context(), "c", secret, deleted, {}));
    BOOST_TEST(text.ends_with(tail + kid), text);
  }
  BOOST_TEST(!has(text_of(write_secret(context(), "c", full_secret(), {}, {})), "managed"));
  // Lists show that it is managed, not its key (CONTRACT 3.8).
  const std::vector<secret_item> items{{"c", &secret, {}}};
  const auto page = text_of(write_secret_page({context(), "/secrets", {}, 25, false}, items));
  BOOST_TEST(page.ends_with(tail + R"(}],"nextLink":null})"), page);
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

BOOST_AUTO_TEST_CASE(a_symmetric_key_shows_no_material) {
  auto key = rsa_key();
  key.pub = {crypto::key_type::oct, {}, {1}, {2}, {3}, {4}, 256};
  BOOST_TEST(text_of(write_key(context(), "k", key, {})) ==
             R"({"key":{"kid":"https://demo.vault.localhost:8443/keys/k/v1","kty":"oct",)"
             R"("key_ops":["sign","wrapKey"]},)" +
                 plain_attributes + R"(,"exportable":false,"hsmPlatform":"0"}})");
}

BOOST_AUTO_TEST_CASE(a_key_of_an_hsm_says_so) {
  auto key = rsa_key();
  key.hsm = true;
  const auto text = text_of(write_key(context(), "k", key, {}));
  BOOST_TEST(has(text, R"("kty":"RSA-HSM","key_ops")"), text);
  BOOST_TEST(has(text, R"("n":"-_8","e":"AQAB"})"), text);
  BOOST_TEST(has(text, R"("hsmPlatform":"2"})"), text);
  BOOST_TEST(!has(text_of(write_key(context("7.4"), "k", key, {})), "hsmPlatform"));
  auto curve = ec_key();
  curve.hsm = true;
  BOOST_TEST(has(text_of(write_key(context(), "k", curve, {})), R"("kty":"EC-HSM")"));
  key.pub = {crypto::key_type::oct, {}, {}, {}, {}, {}, 256};
  BOOST_TEST(has(text_of(write_key(context(), "k", key, {})), R"("kty":"oct-HSM")"));
}

BOOST_AUTO_TEST_CASE(a_managed_exportable_key_with_a_release_policy) {
  auto key = rsa_key();
  key.managed = true;
  key.exportable = true;
  key.tags = {{"t", "u"}};
  key.release = release_policy{"application/json", {0xFB, 0xFF}, true};
  const auto text = text_of(write_key(context(), "k", key, {}));
  BOOST_TEST(has(text, R"(,"exportable":true,"hsmPlatform":"0"},"tags":{"t":"u"},"managed":true,)"
                       R"("release_policy":{"contentType":"application/json","immutable":true,)"
                       R"("data":"-_8"}})"),
             text);
  // Both are as young as the release of keys.
  const auto old = text_of(write_key(context("7.2"), "k", key, {}));
  BOOST_TEST(!has(old, "release_policy"));
  BOOST_TEST(!has(old, "exportable"));
  BOOST_TEST(has(old, R"("managed":true})"));
}

BOOST_AUTO_TEST_CASE(results_of_crypto_operations) {
  const bytes value{0xFF, 0xFE, 0xFD, 0xFC};
  const std::string start = R"({"kid":"https://demo.vault.localhost:8443/keys/k/v1","value":)";
  BOOST_TEST(text_of(write_crypto_result(context(), "k", "v1", {value, {}, {}, {}})) ==
             start + R"("__79_A"})");
  const bytes iv{0xFB, 0xFF}, tag{2}, aad{3};
  BOOST_TEST(text_of(write_crypto_result(context(), "k", "v1", {value, iv, tag, aad})) ==
             start + R"("__79_A","iv":"-_8","tag":"Ag","aad":"Aw"})");
  BOOST_TEST(text_of(write_crypto_result(context(), "k", "v1", {{}, iv, {}, {}})) ==
             start + R"("","iv":"-_8"})");
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

BOOST_AUTO_TEST_CASE(key_items_show_managed_and_no_release_policy) {
  auto key = ec_key();
  key.managed = true;
  key.exportable = true;
  key.release = release_policy{};
  const std::vector<key_item> items{{"k", &key, deletion{7, 8}}};
  const auto text = text_of(write_key_page({context(), "/deletedkeys", {}, 25, false}, items));
  BOOST_TEST(has(text, R"(/keys/k","recoveryId":"https://demo.vault.localhost:8443/deletedkeys/k",)"
                       R"("deletedDate":7,"scheduledPurgeDate":8,"attributes":{)"),
             text);
  BOOST_TEST(text.ends_with(R"(,"exportable":true,"hsmPlatform":"0"},"tags":{"t":"u"},)"
                            R"("managed":true}],"nextLink":null})"),
             text);
}

BOOST_AUTO_TEST_CASE(the_next_page_is_asked_for_as_this_one_was) {
  const auto text =
      text_of(write_secret_page({context("7.4"), "/secrets/n/versions", "a?", 7, true}, {}));
  BOOST_TEST(text == R"({"value":[],"nextLink":"https://demo.vault.localhost:8443/secrets/n/)"
                     R"(versions?api-version=7.4&$skiptoken=YT8&maxresults=7"})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::json
