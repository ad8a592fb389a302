#include <vector>

#include "protocol/json/write_certificate.hpp"
#include "support.hpp"

namespace twinkeep::protocol::json {

using test::has;
using test::text_of;

namespace {

constexpr std::string_view base = "https://demo.vault.localhost:8443";

answer_context context(std::string_view api_version = "2025-07-01") {
  return {base, api_version, {90, false}};
}

// What a client sees must not depend on what a real leaf is: these octets show the encodings.
certificate_properties some_certificate() {
  certificate_properties certificate;
  certificate.version = "v1";
  certificate.attributes = {true, 100, 200, 10, 20};
  certificate.tags = {{"t", "u"}};
  certificate.chain = {{0xFB, 0xFF, 0xBF, 0xFE}, {1, 2, 3}};
  certificate.content_type = pem_content_type;
  certificate.thumbprint = {0xFB, 0xFF};
  certificate.subject = "CN=a, O=\"b\"";
  return certificate;
}

certificate_properties pending_certificate() {
  certificate_properties certificate;
  certificate.version = "v1";
  certificate.attributes = {false, 100, 200, 10, 10};
  return certificate;
}

certificate_policy default_policy() {
  certificate_policy policy;
  policy.x509.subject = "cn=a";
  policy.x509.ekus = {"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"};
  policy.x509.usages = {crypto::key_usage::digital_signature, crypto::key_usage::key_encipherment};
  policy.lifetime_actions = {{80, {}, lifetime_action::auto_renew}};
  policy.issuer = issuer_self;
  policy.created = 10;
  policy.updated = 20;
  return policy;
}

// CONTRACT 6.2, as recorded.
const std::string default_policy_text =
    R"({"id":"https://demo.vault.localhost:8443/certificates/c/policy",)"
    R"("key_props":{"exportable":true,"kty":"RSA","key_size":2048,"reuse_key":false},)"
    R"("secret_props":{"contentType":"application/x-pkcs12"},)"
    R"("x509_props":{"subject":"cn=a","sans":{},)"
    R"("ekus":["1.3.6.1.5.5.7.3.1","1.3.6.1.5.5.7.3.2"],)"
    R"("key_usage":["digitalSignature","keyEncipherment"],"validity_months":12,)"
    R"("basic_constraints":{"ca":false}},)"
    R"("lifetime_actions":[{"trigger":{"lifetime_percentage":80},)"
    R"("action":{"action_type":"AutoRenew"}}],"issuer":{"name":"Self"},)"
    R"("attributes":{"enabled":true,"created":10,"updated":20}})";

const std::string leaf_text =
    R"("id":"https://demo.vault.localhost:8443/certificates/c/v1",)"
    R"("kid":"https://demo.vault.localhost:8443/keys/c/v1",)"
    R"("sid":"https://demo.vault.localhost:8443/secrets/c/v1","x5t":"-_8","cer":"+/+//g==",)"
    R"("contentType":"application/x-pem-file",)";
const std::string rest = R"("recoveryLevel":"Recoverable+Purgeable","recoverableDays":90})";

pending_operation some_pending() {
  pending_operation pending;
  pending.name = "c";
  pending.request_id = "77aa";
  pending.version = "v1";
  pending.issuer = issuer_self;
  pending.csr = {0xFB, 0xFF};
  pending.status_details = "One moment.";
  return pending;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(answers_of_certificates)

BOOST_AUTO_TEST_CASE(a_bundle) {
  BOOST_TEST(
      text_of(write_certificate(context(), "c", some_certificate(), default_policy(), {}, true)) ==
      "{" + leaf_text +
          R"("attributes":{"enabled":true,"nbf":100,"exp":200,"created":10,"updated":20,)" + rest +
          R"(,"tags":{"t":"u"},"policy":)" + default_policy_text +
          R"(,"pending":{"id":"https://demo.vault.localhost:8443/certificates/c/pending"},)"
          R"("preserveCertOrder":false})");
}

BOOST_AUTO_TEST_CASE(a_deleted_bundle_of_an_old_client) {
  auto certificate = some_certificate();
  certificate.preserve_order = true;
  const auto text = text_of(write_certificate(context("7.0"), "c", certificate, default_policy(),
                                              deletion{100, 200}, false));
  BOOST_TEST(text ==
             R"({"recoveryId":"https://demo.vault.localhost:8443/deletedcertificates/c",)"
             R"("deletedDate":100,"scheduledPurgeDate":200,)" +
                 leaf_text +
                 R"("attributes":{"enabled":true,"nbf":100,"exp":200,"created":10,"updated":20,)"
                 R"("recoveryLevel":"Recoverable+Purgeable"},"tags":{"t":"u"},"policy":)" +
                 default_policy_text + "}");
  for (const std::string_view version : {"7.6-preview.2", "7.6", "2025-07-01"}) {
    const auto young =
        text_of(write_certificate(context(version), "c", certificate, default_policy(), {}, false));
    BOOST_TEST(young.ends_with(R"(,"preserveCertOrder":true})"), version);
  }
  const auto old =
      text_of(write_certificate(context("7.5"), "c", certificate, default_policy(), {}, false));
  BOOST_TEST(!has(old, "preserveCertOrder"));
}

// CONTRACT 6.4, as recorded.
BOOST_AUTO_TEST_CASE(while_the_first_version_is_pending_there_is_no_leaf) {
  const auto text = text_of(
      write_certificate(context("7.5"), "c", pending_certificate(), default_policy(), {}, true));
  BOOST_TEST(
      text ==
      R"({"id":"https://demo.vault.localhost:8443/certificates/c/v1",)"
      R"("attributes":{"enabled":false,"nbf":100,"exp":200,"created":10,"updated":10,)" +
          rest + R"(,"policy":)" + default_policy_text +
          R"(,"pending":{"id":"https://demo.vault.localhost:8443/certificates/c/pending"}})");
}

BOOST_AUTO_TEST_CASE(pages) {
  const auto complete = some_certificate();
  const auto pending = pending_certificate();
  const std::vector<certificate_item> items{{"a", &complete, {}}, {"b", &pending, {}}};
  const page_context page{context(), "/certificates", {}, 25, false};
  BOOST_TEST(text_of(write_certificate_page(page, {})) == R"({"value":[],"nextLink":null})");
  const auto text = text_of(write_certificate_page(page, items));
  const std::string attributes_text = R"("nbf":100,"exp":200,"created":10,"updated":)";
  BOOST_TEST(text ==
             R"({"value":[{"id":"https://demo.vault.localhost:8443/certificates/a","x5t":"-_8",)"
             R"("attributes":{"enabled":true,)" +
                 attributes_text + "20," + rest +
                 R"(,"tags":{"t":"u"},"subject":"CN=a, O=\"b\""},)"
                 R"({"id":"https://demo.vault.localhost:8443/certificates/b",)"
                 R"("attributes":{"enabled":false,)" +
                 attributes_text + "10," + rest + R"(}],"nextLink":null})");
  const auto old = text_of(write_certificate_page(
      {context("2016-10-01"), "/certificates/a/versions", "x", 3, true}, items));
  BOOST_TEST(!has(old, "subject"));
  BOOST_TEST(has(old, R"({"value":[{"id":"https://demo.vault.localhost:8443/certificates/a/v1",)"));
  BOOST_TEST(has(old, R"("nextLink":"https://demo.vault.localhost:8443/certificates/a/versions?)"
                      R"(api-version=2016-10-01&$skiptoken=eA&maxresults=3")"));
}

BOOST_AUTO_TEST_CASE(deleted_items_say_until_when_they_can_be_recovered) {
  const auto complete = some_certificate();
  const std::vector<certificate_item> items{{"a", &complete, deletion{1, 2}}};
  const auto text =
      text_of(write_certificate_page({context(), "/deletedcertificates", {}, 25, false}, items));
  BOOST_TEST(has(text, R"(certificates/a","recoveryId":"https://demo.vault.localhost:8443/)"
                       R"(deletedcertificates/a","deletedDate":1,"scheduledPurgeDate":2,"x5t":)"),
             text);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(answers_of_policies)

BOOST_AUTO_TEST_CASE(the_default_one) {
  BOOST_TEST(text_of(write_policy(context(), "c", default_policy())) == default_policy_text);
}

BOOST_AUTO_TEST_CASE(one_with_everything) {
  certificate_policy policy;
  policy.exportable = false;
  policy.reuse_key = true;
  policy.key = {crypto::key_type::ec, 0, crypto::curve::p521, 0};
  policy.content_type = pem_content_type;
  policy.x509.names = {{"a@b"}, {"x.example", "y.example"}, {"u@v"}, {"urn:a"}, {"::1"}};
  policy.x509.is_authority = true;
  policy.validity_months = 1;
  policy.lifetime_actions = {{{}, 30, lifetime_action::email_contacts}};
  policy.issuer = "Mine";
  policy.certificate_type = "OV-SSL";
  policy.certificate_transparency = false;
  policy.enabled = false;
  BOOST_TEST(
      text_of(write_policy(context(), "c", policy)) ==
      R"({"id":"https://demo.vault.localhost:8443/certificates/c/policy",)"
      R"("key_props":{"exportable":false,"kty":"EC","key_size":521,"reuse_key":true,"crv":"P-521"},)"
      R"("secret_props":{"contentType":"application/x-pem-file"},)"
      R"("x509_props":{"sans":{"emails":["a@b"],"dns_names":["x.example","y.example"],)"
      R"("upns":["u@v"],"uris":["urn:a"],"ipAddresses":["::1"]},"ekus":[],"key_usage":[],)"
      R"("validity_months":1,"basic_constraints":{"ca":true}},)"
      R"("lifetime_actions":[{"trigger":{"days_before_expiry":30},)"
      R"("action":{"action_type":"EmailContacts"}}],)"
      R"("issuer":{"name":"Mine","cty":"OV-SSL","cert_transparency":false},)"
      R"("attributes":{"enabled":false,"created":0,"updated":0}})");
}

BOOST_AUTO_TEST_CASE(sizes_of_keys) {
  const auto shows = [](const crypto::key_spec& key, std::string_view text) {
    certificate_policy policy;
    policy.key = key;
    return has(text_of(write_policy(context(), "c", policy)), text);
  };
  using crypto::key_type;
  BOOST_TEST(shows({key_type::rsa, 4096, {}, 0}, R"("kty":"RSA","key_size":4096,"reuse_key")"));
  BOOST_TEST(shows({key_type::ec, 0, crypto::curve::p256, 0}, R"("key_size":256,)"));
  BOOST_TEST(shows({key_type::ec, 0, crypto::curve::p256k, 0}, R"("key_size":256,)"));
  BOOST_TEST(shows({key_type::ec, 0, crypto::curve::p384, 0}, R"("key_size":384,)"));
}

BOOST_AUTO_TEST_CASE(a_rotation_policy) {
  rotation_policy policy;
  policy.actions = {{calendar_period{0, 18, 0}, {}, rotation_action::rotate},
                    {{}, calendar_period{0, 0, 7}, rotation_action::notify}};
  policy.expiry_time = calendar_period{2, 0, 0};
  policy.created = 10;
  policy.updated = 20;
  BOOST_TEST(
      text_of(write_rotation_policy(context(), "k", policy)) ==
      R"({"id":"https://demo.vault.localhost:8443/keys/k/rotationpolicy","lifetimeActions":[)"
      R"({"trigger":{"timeAfterCreate":"P18M"},"action":{"type":"Rotate"}},)"
      R"({"trigger":{"timeBeforeExpiry":"P7D"},"action":{"type":"Notify"}}],)"
      R"("attributes":{"expiryTime":"P2Y","created":10,"updated":20}})");
}

BOOST_AUTO_TEST_CASE(a_rotation_policy_that_nobody_has_set) {
  BOOST_TEST(
      text_of(write_rotation_policy(context(), "k", {})) ==
      R"({"id":"https://demo.vault.localhost:8443/keys/k/rotationpolicy","lifetimeActions":[)"
      R"({"trigger":{"timeBeforeExpiry":"P30D"},"action":{"type":"Notify"}}],)"
      R"("attributes":{}})");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(answers_of_pending_operations)

const std::string start = R"({"id":"https://demo.vault.localhost:8443/certificates/c/pending",)";

BOOST_AUTO_TEST_CASE(one_in_progress) {
  auto pending = some_pending();
  pending.certificate_type = "OV-SSL";
  pending.cancellation_requested = true;
  BOOST_TEST(text_of(write_pending(context(), pending)) ==
             start + R"("issuer":{"name":"Self","cty":"OV-SSL"},"csr":"+/8=",)"
                     R"("cancellation_requested":true,"status":"inProgress",)"
                     R"("status_details":"One moment.","preserveCertOrder":false,)"
                     R"("request_id":"77aa"})");
}

BOOST_AUTO_TEST_CASE(one_that_is_completed_says_where) {
  auto pending = some_pending();
  pending.status = pending_status::completed;
  pending.status_details.clear();
  pending.error_code = "not shown";
  BOOST_TEST(text_of(write_pending(context("7.4"), pending)) ==
             start + R"("issuer":{"name":"Self"},"csr":"+/8=","cancellation_requested":false,)"
                     R"("status":"completed",)"
                     R"("target":"https://demo.vault.localhost:8443/certificates/c",)"
                     R"("request_id":"77aa"})");
}

BOOST_AUTO_TEST_CASE(one_that_failed_says_why) {
  auto pending = some_pending();
  pending.status = pending_status::failed;
  pending.error_code = "Request rejected";
  pending.error_message = "No.";
  const auto text = text_of(write_pending(context(), pending));
  BOOST_TEST(
      has(text, R"("status":"failed","status_details":"One moment.",)"
                R"("error":{"code":"Request rejected","message":"No."},"preserveCertOrder")"),
      text);
  BOOST_TEST(!has(text, "target"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(answers_of_issuers)

BOOST_AUTO_TEST_CASE(contacts) {
  const std::vector<contact> people{{"a@b", {}, {}}, {"c@d", "C", "1"}};
  BOOST_TEST(text_of(write_contacts(context(), people)) ==
             R"({"id":"https://demo.vault.localhost:8443/certificates/contacts","contacts":[)"
             R"({"email":"a@b"},{"email":"c@d","name":"C","phone":"1"}]})");
}

BOOST_AUTO_TEST_CASE(an_issuer_without_its_password) {
  certificate_issuer issuer{"Mine", "Test", "account", "org", {}, true, 10, 20};
  issuer.administrators = {{"F", "L", "f@l", "1"}, {{}, {}, "x@y", {}}};
  const auto text = text_of(write_issuer(context(), issuer));
  BOOST_TEST(text ==
             R"({"id":"https://demo.vault.localhost:8443/certificates/issuers/Mine",)"
             R"("provider":"Test","credentials":{"account_id":"account"},)"
             R"("org_details":{"id":"org","zip":0,"admin_details":[)"
             R"({"first_name":"F","last_name":"L","email":"f@l","phone":"1"},)"
             R"({"email":"x@y"}]},"attributes":{"enabled":true,"created":10,"updated":20}})");
  const certificate_issuer plain{"Mine", "Twinkeep", {}, {}, {}, false, 1, 2};
  BOOST_TEST(text_of(write_issuer(context(), plain)) ==
             R"({"id":"https://demo.vault.localhost:8443/certificates/issuers/Mine",)"
             R"("provider":"Twinkeep","credentials":{},"org_details":{"zip":0,"admin_details":[]},)"
             R"("attributes":{"enabled":false,"created":1,"updated":2}})");
}

BOOST_AUTO_TEST_CASE(a_page_of_issuers) {
  const certificate_issuer a{"a", "Test", "account", {}, {}, true, 1, 2};
  const certificate_issuer b{"b", "Twinkeep", {}, {}, {}, true, 1, 2};
  const std::vector<const certificate_issuer*> rows{&a, &b};
  BOOST_TEST(
      text_of(write_issuer_page({context(), "/certificates/issuers", {}, 25, false}, rows)) ==
      R"({"value":[{"id":"https://demo.vault.localhost:8443/certificates/issuers/a",)"
      R"("provider":"Test"},{"id":"https://demo.vault.localhost:8443/certificates/issuers/b",)"
      R"("provider":"Twinkeep"}],"nextLink":null})");
}

BOOST_AUTO_TEST_CASE(random_octets) {
  BOOST_TEST(text_of(write_random(bytes{0xFB, 0xFF})) == R"({"value":"-_8"})");
}

// RFC 4648 §10.
BOOST_AUTO_TEST_CASE(requests_and_certificates_are_padded) {
  for (const auto& [octets, encoded] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"", ""},
           {"f", "Zg=="},
           {"fo", "Zm8="},
           {"foo", "Zm9v"},
           {"foob", "Zm9vYg=="},
           {"fooba", "Zm9vYmE="},
           {"foobar", "Zm9vYmFy"},
       }) {
    auto pending = some_pending();
    pending.csr.assign(octets.begin(), octets.end());
    BOOST_TEST(has(text_of(write_pending(context(), pending)),
                   R"("csr":")" + std::string(encoded) + "\","),
               encoded);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::json
