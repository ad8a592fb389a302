#include <vector>

#include "bodies.hpp"

// Certificates, with the bodies that the JavaScript SDK sends. Policies: bodies_of_policies.cpp.
namespace twinkeep::protocol::json {

using test::has;
using test::must_read;
using test::refusal;

namespace {

using enum operation_id;

const std::string bad = "BadParameter: Member '";

import_certificate imported(const std::string& value, std::string_view rest = {}) {
  return must_read<import_certificate>(certificate_import,
                                       R"({"value":")" + value + '"' + std::string(rest) + '}');
}

std::string chain_of(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += i == 0 ? "\"AA==\"" : ",\"AA==\"";
  return R"({"x5c":[)" + text + "]}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bodies_of_certificates)

BOOST_AUTO_TEST_CASE(a_creation_as_the_sdk_sends_it) {
  const auto body = must_read<create_certificate>(
      certificate_create,
      R"({"policy":{"key_props":{},"secret_props":{},"x509_props":{"subject":"cn=a","sans":{}},)"
      R"("issuer":{"name":"Self"},"attributes":{}},"attributes":{}})");
  BOOST_TEST(body.policy.subject.value() == "cn=a");
  BOOST_TEST(body.policy.issuer.value() == "Self");
  BOOST_TEST(!body.policy.names);
  BOOST_TEST(!body.policy.kind);
  BOOST_TEST(!body.attributes.enabled);
  BOOST_TEST(!body.tags);
  BOOST_TEST(!body.preserve_order);
}

BOOST_AUTO_TEST_CASE(every_member_of_a_creation_is_read) {
  const auto body = must_read<create_certificate>(
      certificate_create, R"({"policy":{"x509_props":{"validity_months":3}},"tags":{"a":"b"},)"
                          R"("attributes":{"enabled":false,"exp":-1,"exportable":"?"},)"
                          R"("preserveCertOrder":true,"x":1})");
  BOOST_TEST(body.policy.validity_months.value() == 3u);
  BOOST_TEST((body.tags.value() == tag_map{{"a", "b"}}));
  BOOST_TEST(body.attributes.enabled.value() == false);
  BOOST_TEST(body.attributes.expires.value() == -1);
  BOOST_TEST(!body.attributes.exportable);
  BOOST_TEST(body.preserve_order);
  BOOST_TEST(refusal(certificate_create, R"({"policy":null,"preserveCertOrder":null})") == "ok");
  BOOST_TEST(refusal(certificate_create, R"({"policy":[]})") == bad + "policy' must be an object.");
  BOOST_TEST(refusal(certificate_create, R"({"preserveCertOrder":1})") ==
             bad + "preserveCertOrder' must be true or false.");
  BOOST_TEST(has(refusal(certificate_create, R"({"policy":{"key_props":{"kty":"X"}}})"),
                 "'key_props.kty'"));
}

BOOST_AUTO_TEST_CASE(an_update_is_read) {
  const auto body = must_read<update_certificate>(
      certificate_update,
      R"({"policy":{"attributes":{"enabled":true}},"attributes":{"enabled":false},"tags":{}})");
  BOOST_TEST(body.policy.enabled.value());
  BOOST_TEST(body.attributes.enabled.value() == false);
  BOOST_TEST(body.tags.value().empty());
  const auto none = must_read<update_certificate>(certificate_update, "{}");
  BOOST_TEST(!none.tags);
  BOOST_TEST(refusal(certificate_update, R"({"attributes":1})") ==
             bad + "attributes' must be an object.");
  BOOST_TEST(refusal(certificate_update, R"({"tags":[]})") == bad + "tags' must be an object.");
}

BOOST_AUTO_TEST_CASE(pem_is_taken_as_it_is) {
  const auto body = imported(R"(-----BEGIN PRIVATE KEY-----\r\nAAEC\r\n)", R"(,"tags":{"a":"b"})");
  BOOST_TEST(body.is_pem);
  BOOST_TEST(test::text_of(body.value) == "-----BEGIN PRIVATE KEY-----\r\nAAEC\r\n");
  BOOST_TEST(body.password.empty());
  BOOST_TEST(!body.policy);
  BOOST_TEST((body.tags.value() == tag_map{{"a", "b"}}));
  BOOST_TEST(imported(R"( \t\r\n-----BEGIN CERTIFICATE-----)").is_pem);
}

BOOST_AUTO_TEST_CASE(pkcs12_is_freed_of_its_base64) {
  const auto body = imported(R"(MIIC+/8=)", R"(,"pwd":"p\u00e9")");
  BOOST_TEST(!body.is_pem);
  BOOST_TEST(test::equal(body.value.view(), bytes{0x30, 0x82, 0x02, 0xFB, 0xFF}));
  BOOST_TEST(test::text_of(body.password) == "p\xC3\xA9");
  const bytes same{0x30, 0x82, 0x02, 0xFB, 0xFF};
  for (const auto* lines : {R"(MIIC\r\n+/8=\r\n)", R"(\n MI\nIC+\t/8=)", "MIIC+/8"}) {
    BOOST_TEST(test::equal(imported(lines).value.view(), same), lines);
  }
}

BOOST_AUTO_TEST_CASE(a_policy_of_an_import_is_told_from_none) {
  BOOST_TEST(!imported("AAEC", R"(,"policy":null)").policy);
  const auto body = imported(
      "AAEC", R"(,"policy":{"secret_props":{"contentType":"application/x-pem-file"},"key_props":{)"
              R"("exportable":false}},"attributes":{"enabled":true},"preserveCertOrder":true)");
  BOOST_TEST(body.policy.value().content_type.value() == "application/x-pem-file");
  BOOST_TEST(body.policy->exportable.value() == false);
  BOOST_TEST(body.attributes.enabled.value());
  BOOST_TEST(body.preserve_order);
  // What is in the policy does not make PEM of it.
  BOOST_TEST(!body.is_pem);
}

BOOST_AUTO_TEST_CASE(an_import_of_nothing_is_refused) {
  BOOST_TEST(refusal(certificate_import, "{}") == bad + "value' is required.");
  BOOST_TEST(refusal(certificate_import, R"({"value":null})") == bad + "value' is required.");
  BOOST_TEST(refusal(certificate_import, R"({"value":1})") == bad + "value' must be a string.");
  BOOST_TEST(refusal(certificate_import, R"({"value":"AAEC","pwd":1})") ==
             bad + "pwd' must be a string.");
  BOOST_TEST(refusal(certificate_import, R"({"value":"AAEC","policy":1})") ==
             bad + "policy' must be an object.");
  for (const std::string wrong : {"", " ", "A", "hunter2!", "MIIC-_8=", "----BEGIN", "AA==AA=="}) {
    const auto answer = refusal(certificate_import, R"({"value":")" + wrong + "\"}");
    BOOST_TEST(answer.starts_with(bad + "value' must be a PEM text that begins with -----BEGIN"),
               answer);
    BOOST_TEST(!has(answer, "hunter2"));
  }
}

BOOST_AUTO_TEST_CASE(a_merge_brings_a_chain) {
  const auto body = must_read<merge_certificate>(
      certificate_merge,
      R"({"x5c":["MIIC+/8=","AA=="],"tags":{"a":"b"},"attributes":{"enabled":false}})");
  BOOST_TEST((body.chain == std::vector<bytes>{{0x30, 0x82, 0x02, 0xFB, 0xFF}, {0}}));
  BOOST_TEST((body.tags.value() == tag_map{{"a", "b"}}));
  BOOST_TEST(body.attributes.enabled.value() == false);
  BOOST_TEST(refusal(certificate_merge, chain_of(16)) == "ok");
  BOOST_TEST(refusal(certificate_merge, chain_of(17)) == bad + "x5c' has more than 16 items.");
  for (const auto* none : {"{}", R"({"x5c":null})", R"({"x5c":[]})"}) {
    BOOST_TEST(refusal(certificate_merge, none) == bad + "x5c' is required.");
  }
  BOOST_TEST(refusal(certificate_merge, R"({"x5c":"AA=="})") == bad + "x5c' must be an array.");
  BOOST_TEST(refusal(certificate_merge, R"({"x5c":[1]})") == bad + "x5c[]' must be a string.");
  for (const std::string wrong : {"", "A", "MIIC-_8=", "AA ==", "-----BEGIN"}) {
    BOOST_TEST(refusal(certificate_merge, R"({"x5c":[")" + wrong + "\"]}") ==
               bad + "x5c[]' must be the base64 of a certificate's DER.");
  }
}

BOOST_AUTO_TEST_CASE(a_cancellation_says_so) {
  for (const bool requested : {true, false}) {
    const auto body = must_read<cancel_pending>(
        certificate_cancel_pending,
        std::string(R"({"cancellation_requested":)") + (requested ? "true}" : "false}"));
    BOOST_TEST(body.requested == requested);
  }
  for (const auto* none : {"{}", R"({"cancellation_requested":null})"}) {
    BOOST_TEST(refusal(certificate_cancel_pending, none) ==
               bad + "cancellation_requested' is required.");
  }
  BOOST_TEST(refusal(certificate_cancel_pending, R"({"cancellation_requested":"true"})") ==
             bad + "cancellation_requested' must be true or false.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::json
