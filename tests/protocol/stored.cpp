#include "protocol/json/stored.hpp"

#include "management_kit.hpp"
#include "protocol/management/stored.hpp"
#include "stored_kit.hpp"
#include "support.hpp"

namespace twinkeep::protocol::json {

using test::has;

namespace {

constexpr std::uint64_t seeds = 200;

template <class T>
using loader = crypto::outcome<T> (*)(std::string_view);

// What is stored is what is loaded, in every member, and is stored alike again.
template <class T>
void comes_back_whole(T (*make)(test::dice&), std::string (*store)(const T&), loader<T> load) {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    test::dice d(seed);
    const auto value = make(d);
    const auto text = store(value);
    const auto again = load(text);
    BOOST_TEST_REQUIRE(again.ok(), "seed " << seed << ": " << text);
    BOOST_TEST((test::all_of(*again) == test::all_of(value)), "seed " << seed << ": " << text);
    BOOST_TEST(store(*again) == text);
  }
}

template <class T>
bool is_corrupt(const crypto::outcome<T>& o, std::string_view member) {
  return !o.ok() && o.error().code == crypto::error_code::corrupt &&
         has(o.error().message, member) && !has(o.error().message, "hidden");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stored_forms)

BOOST_AUTO_TEST_CASE(everything_comes_back_whole) {
  comes_back_whole(test::random_secret, store_secret, load_secret);
  comes_back_whole(test::random_key, store_key, load_key);
  comes_back_whole(test::random_policy, store_policy, load_policy);
  comes_back_whole(test::random_pending, store_pending, load_pending);
  comes_back_whole(test::random_issuer, store_issuer, load_issuer);
  comes_back_whole(test::random_contacts, store_contacts, load_contacts);
  comes_back_whole(test::random_rotation, store_rotation_policy, load_rotation_policy);
}

BOOST_AUTO_TEST_CASE(what_the_management_plane_keeps_comes_back_whole) {
  comes_back_whole(test::random_vault, management::store_vault, management::load_vault_resource);
  comes_back_whole(test::random_assignment, management::store_role_assignment,
                   management::load_role_assignment);
}

BOOST_AUTO_TEST_CASE(certificates_come_back_whole) {
  comes_back_whole(test::random_certificate, store_certificate, load_certificate);
}

// The records of the service's first version.
BOOST_AUTO_TEST_CASE(the_text_of_secrets_and_keys_stays_as_it_was) {
  const secret_properties secret{"v1", {false, -5, 1900000000, 10, 20}, "text", {{"a", "b"}}};
  BOOST_TEST(store_secret(secret) ==
             R"({"version":"v1","enabled":false,"nbf":-5,"exp":1900000000,"created":10,)"
             R"("updated":20,"contentType":"text","tags":{"a":"b"}})");
  key_properties key;
  key.version = "v1";
  key.attributes = {true, {}, {}, 10, 20};
  key.key_ops = {key_operation::sign, key_operation::wrap_key};
  key.pub = {crypto::key_type::rsa, {}, {0xFB, 0xFF}, {1, 0, 1}, {}, {}};
  key.tags = {{"t", "u"}};
  BOOST_TEST(store_key(key) ==
             R"({"version":"v1","enabled":true,"created":10,"updated":20,)"
             R"("key_ops":["sign","wrapKey"],"kty":"RSA","n":"-_8","e":"AQAB","tags":{"t":"u"}})");
  key.pub = {crypto::key_type::ec, crypto::curve::p256k, {}, {}, {0, 1}, {2}};
  BOOST_TEST(has(store_key(key), R"("kty":"EC","crv":"P-256K","x":"AAE","y":"Ag","tags")"));
}

// It derives from the certificate of the same name.
BOOST_AUTO_TEST_CASE(managed_is_not_stored) {
  test::dice d(1);
  auto secret = test::random_secret(d);
  auto key = test::random_key(d);
  const auto of_secret = store_secret(secret);
  const auto of_key = store_key(key);
  secret.managed = key.managed = true;
  BOOST_TEST(store_secret(secret) == of_secret);
  BOOST_TEST(store_key(key) == of_key);
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
  BOOST_TEST((!key->exportable && !key->release && !key->hsm));
}

BOOST_AUTO_TEST_CASE(what_is_absent_takes_its_default) {
  constexpr std::string_view future = R"({"of the future":{"a":[1,null,"x"]}})";
  const auto policy = load_policy(future);
  BOOST_TEST_REQUIRE(policy.ok());
  BOOST_TEST((test::all_of(*policy) == test::all_of(certificate_policy{})));
  const auto pending = load_pending(future);
  BOOST_TEST_REQUIRE(pending.ok());
  BOOST_TEST((test::all_of(*pending) == test::all_of(pending_operation{})));
  const auto certificate = load_certificate(future);
  BOOST_TEST_REQUIRE(certificate.ok());
  BOOST_TEST((test::all_of(*certificate) == test::all_of(certificate_properties{})));
  const auto issuer = load_issuer(future);
  BOOST_TEST_REQUIRE(issuer.ok());
  BOOST_TEST((test::all_of(*issuer) == test::all_of(certificate_issuer{})));
  const auto rotation = load_rotation_policy(future);
  BOOST_TEST_REQUIRE(rotation.ok());
  BOOST_TEST((test::all_of(*rotation) == test::all_of(rotation_policy{})));
  const auto contacts = load_contacts(future);
  BOOST_TEST_REQUIRE(contacts.ok());
  BOOST_TEST(contacts->empty());
}

BOOST_AUTO_TEST_CASE(facts_of_a_certificate_are_those_of_its_leaf) {
  certificate_properties certificate;
  certificate.chain = {test::some_leaf("CN=www.example.com, O=Contoso"), {1, 2, 3}};
  certificate.subject = "CN=another";
  certificate.thumbprint = {1};
  const auto loaded = load_certificate(store_certificate(certificate));
  BOOST_TEST_REQUIRE(loaded.ok());
  BOOST_TEST(loaded->subject == "CN=www.example.com, O=Contoso");
  BOOST_TEST(loaded->thumbprint.size() == 20u);
  BOOST_TEST((loaded->pub.type == crypto::key_type::ec));
  BOOST_TEST(loaded->pub.x.size() == 32u);
  BOOST_TEST((loaded->chain == certificate.chain));
}

BOOST_AUTO_TEST_CASE(a_first_version_that_is_pending_has_no_facts) {
  const auto loaded = load_certificate(store_certificate({}));
  BOOST_TEST_REQUIRE(loaded.ok());
  BOOST_TEST(loaded->is_pending());
  BOOST_TEST((loaded->pub.n.empty() && loaded->pub.x.empty() && loaded->thumbprint.empty()));
  BOOST_TEST(loaded->subject.empty());
}

BOOST_AUTO_TEST_CASE(what_is_corrupt_is_named_and_not_quoted) {
  for (const auto* text : {"", "{", "[]", "\"hidden\"", "{} hidden", R"({"version":"hidden)"}) {
    BOOST_TEST(is_corrupt(load_secret(text), "The stored record"), text);
    BOOST_TEST(is_corrupt(load_key(text), "The stored record"), text);
    BOOST_TEST(is_corrupt(load_certificate(text), "The stored record"), text);
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
  BOOST_TEST(is_corrupt(load_key(R"({"kty":"oct"})"), "'key_size'"));
  BOOST_TEST(is_corrupt(load_key(R"({"kty":"oct","key_size":-1})"), "'key_size'"));
  BOOST_TEST(is_corrupt(load_certificate(R"({"chain":[""]})"), "'chain'"));
  BOOST_TEST(is_corrupt(load_certificate(R"({"chain":["MIID"]})"), "'chain'"));
  BOOST_TEST(is_corrupt(load_certificate(R"({"chain":["hidden!"]})"), "'chain'"));
  BOOST_TEST(is_corrupt(load_certificate(R"({"key_usage":["hidden"]})"), "'key_usage'"));
  BOOST_TEST(is_corrupt(load_policy(R"({"kty":"hidden"})"), "'kty'"));
  BOOST_TEST(is_corrupt(load_policy(R"({"validity_months":99999999999})"), "'validity_months'"));
  BOOST_TEST(is_corrupt(load_pending(R"({"status":"hidden"})"), "'status'"));
  BOOST_TEST(is_corrupt(load_rotation_policy(R"({"expiry_time":"hidden"})"), "'expiry_time'"));
}

BOOST_AUTO_TEST_CASE(a_rule_has_exactly_one_trigger) {
  BOOST_TEST(load_policy(R"({"lifetime_actions":[{"lifetime_percentage":80}]})").ok());
  for (const auto* rule : {"{}", R"({"action":"AutoRenew"})",
                           R"({"lifetime_percentage":80,"days_before_expiry":1})"}) {
    const auto text = R"({"lifetime_actions":[)" + std::string(rule) + "]}";
    BOOST_TEST(is_corrupt(load_policy(text), "'lifetime_actions'"), text);
    BOOST_TEST(is_corrupt(load_pending(R"({"policy":)" + text + "}"), "'lifetime_actions'"), text);
  }
  BOOST_TEST(load_rotation_policy(R"({"actions":[{"after_create":"P30D"}]})").ok());
  for (const auto* rule : {"{}", R"({"after_create":"P30D","before_expiry":"P30D"})"}) {
    const auto text = R"({"actions":[)" + std::string(rule) + "]}";
    BOOST_TEST(is_corrupt(load_rotation_policy(text), "'actions'"), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::json
