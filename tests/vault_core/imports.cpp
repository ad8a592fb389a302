// What clients bring: keys as JWK, certificates as PEM or PKCS#12 (CONTRACT 5.5, 6.5); and the
// rules of keys that may be released.
#include <fstream>
#include <iterator>

#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;
using protocol::key_operation;

crypto::secret_bytes file(const std::string& name) {
  std::ifstream in(std::string(TWINKEEP_TEST_DATA) + "/certificates/" + name, std::ios::binary);
  BOOST_REQUIRE(in);
  const std::string content{std::istreambuf_iterator<char>(in), {}};
  return crypto::secret_bytes::copy_of(as_bytes(content));
}

protocol::request import(std::string name, crypto::private_jwk jwk,
                         std::optional<std::vector<key_operation>> key_ops = {},
                         protocol::attributes_input attributes = {}) {
  return ask_for(id::key_import, std::move(name), "",
                 protocol::import_key{std::move(jwk), std::move(key_ops), attributes, {}, {}});
}

protocol::request import_pem(std::string name, std::optional<protocol::policy_input> policy = {}) {
  protocol::import_certificate body;
  body.value = pem_bundle();
  body.is_pem = true;
  body.policy = std::move(policy);
  return ask_for(id::certificate_import, std::move(name), "", std::move(body));
}

std::string number_in(const verdict& v) {
  const auto& text = error(v).message;
  return text.substr(0, text.find(':'));
}

protocol::request with_release(bool exportable, bool policy, bool immutable = false) {
  protocol::create_key body{ec_256, {}, {}, {}, {}};
  if (exportable) body.attributes.exportable = true;
  if (policy) body.release = protocol::release_policy{"application/json", {'{', '}'}, immutable};
  return ask_for(id::key_create, "k", "", std::move(body));
}

protocol::request change_release(std::string version, bytes data,
                                 std::optional<bool> exportable = {}) {
  protocol::update_key body;
  body.attributes.exportable = exportable;
  if (!data.empty()) body.release = protocol::release_policy{"application/json", data, false};
  return ask_for(id::key_update, "k", std::move(version), std::move(body));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(imports)

BOOST_AUTO_TEST_CASE(an_imported_key_is_the_one_that_was_brought) {
  test_vault vault;
  auto jwk = ec_jwk();
  const auto x = jwk.x;
  const auto scalar = crypto::secret_bytes::copy_of(jwk.d.view());
  const auto request = import("K", std::move(jwk));
  const auto made = key(vault.send(request)).key->properties;
  BOOST_TEST((made.pub.x == x));
  BOOST_TEST((made.key_ops == std::vector{key_operation::sign, key_operation::verify}));
  const auto& stored = *vault.state().keys.active.at("k").current();
  const auto material = vault.opened(stored.record_key, stored.value);
  BOOST_TEST(as_text(scalar_of(material.view())) == as_text(scalar.view()));
  BOOST_TEST(provider().load(material.view()).ok());
  const auto works = vault.works;
  vault.send_again(request);
  BOOST_TEST(vault.last_batch().empty());
  BOOST_TEST(vault.works == works);
  vault.send(import("k", ec_jwk()));
  BOOST_TEST(vault.state().keys.active.at("k").versions.size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_import_that_is_refused_leaves_nothing) {
  test_vault vault;
  auto wrong = ec_jwk();
  wrong.x = ec_jwk().x;
  BOOST_TEST(outcome_of(vault.send(import("k", std::move(wrong)))) == "400 BadParameter");
  BOOST_TEST(outcome_of(vault.send(import("k", ec_jwk(), std::vector{key_operation::encrypt}))) ==
             "400 BadParameter");
  BOOST_TEST(outcome_of(vault.send(import("k", ec_jwk(), {}, {{}, 10, 10, {}}))) ==
             "400 BadParameter");
  BOOST_TEST(vault.records().empty());
  vault.send(create("k", ec_256));
  vault.send(ask_for(id::key_delete, "k"));
  const auto works = vault.works;
  BOOST_TEST(outcome_of(vault.send(import("K", ec_jwk()))) ==
             "409 Conflict ObjectIsDeletedButRecoverable");
  BOOST_TEST(vault.works == works);
}

BOOST_AUTO_TEST_CASE(a_pem_certificate_is_kept_in_its_form_and_its_policy_follows_from_it) {
  test_vault vault;
  const auto request = import_pem("Web");
  const auto made = vault.send(request);
  const auto& c = certificate(made);
  BOOST_TEST(!c.merged);
  BOOST_TEST(c.certificate->properties.subject == "CN=brought");
  BOOST_TEST(c.certificate->properties.attributes.not_before.value() == 1'799'999'000);
  BOOST_TEST(c.policy->content_type == protocol::pem_content_type);
  BOOST_TEST(c.policy->issuer == "Unknown");
  BOOST_TEST(c.policy->x509.subject == "CN=brought");
  BOOST_TEST(c.policy->validity_months == 12u);
  BOOST_TEST((c.policy->key.type == crypto::key_type::ec));
  BOOST_TEST(
      (c.policy->lifetime_actions.front().action == protocol::lifetime_action::email_contacts));
  check_managed(vault.state());
  const auto answer = vault.ask(ask_for(id::secret_get, "web")).verdict;
  const auto value = vault.value_of(*secret(answer).secret);
  const auto& brought = std::get<protocol::import_certificate>(request.body).value;
  BOOST_TEST(crypto::read_pem_bundle(as_bytes(value))->chain.front() ==
             crypto::read_pem_bundle(brought.view())->chain.front());
  vault.now += 1;
  vault.send_again(request);
  BOOST_TEST(vault.last_batch().empty());
  vault.restart();
  check_managed(vault.state());
  // Once more is another version.
  vault.send(import_pem("web"));
  BOOST_TEST(vault.state().certificates.active.at("web").versions.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_pkcs12_file_needs_its_password) {
  const auto import_pfx = [](std::string_view password) {
    protocol::import_certificate body;
    body.value = file("modern.pfx");
    body.password = crypto::secret_bytes::copy_of(as_bytes(password));
    return ask_for(id::certificate_import, "web", "", std::move(body));
  };
  test_vault vault;
  BOOST_TEST(outcome_of(vault.send(import_pfx("not this"))) == "400 BadParameter");
  BOOST_TEST(vault.records().empty());
  const auto verdict = vault.send(import_pfx("pässwörd €"));
  const auto& c = certificate(verdict).certificate->properties;
  BOOST_TEST(c.content_type == protocol::pkcs12_content_type);
  // The file has leaf, root, intermediate.
  BOOST_REQUIRE_EQUAL(c.chain.size(), 3u);
  BOOST_TEST(crypto::read_certificate(c.chain.at(0))->issuer ==
             crypto::read_certificate(c.chain.at(1))->subject);
  BOOST_TEST(crypto::read_certificate(c.chain.at(1))->issuer ==
             crypto::read_certificate(c.chain.at(2))->subject);
  // The secret has no password.
  const auto answer = vault.ask(ask_for(id::secret_get, "web")).verdict;
  const auto value = vault.value_of(*secret(answer).secret);
  const auto bundle = crypto::read_pkcs12(crypto::base64_decode(value).value(), {});
  BOOST_REQUIRE_MESSAGE(bundle.ok(), why(bundle));
  BOOST_TEST((bundle->chain == c.chain));
  check_managed(vault.state());
}

BOOST_AUTO_TEST_CASE(what_concerns_its_future_may_be_said) {
  test_vault vault;
  protocol::policy_input said;
  said.subject = "CN=something else";
  said.issuer = "self";
  said.exportable = false;
  said.reuse_key = true;
  said.validity_months = 3;
  said.content_type = std::string(protocol::pkcs12_content_type);
  const auto made = vault.send(import_pem("web", said));
  const auto& c = certificate(made);
  BOOST_TEST(c.policy->x509.subject == "CN=brought");
  BOOST_TEST(c.policy->issuer == "Self");
  BOOST_TEST(c.policy->reuse_key);
  BOOST_TEST(c.policy->validity_months == 3u);
  BOOST_TEST((c.policy->lifetime_actions.front().action == protocol::lifetime_action::auto_renew));
  BOOST_TEST(!c.certificate->properties.exportable);
  const auto answer = vault.ask(ask_for(id::secret_get, "web")).verdict;
  const auto& shown = *secret(answer).secret;
  BOOST_TEST(shown.properties.content_type.value() == protocol::pkcs12_content_type);
  BOOST_TEST(!crypto::read_pkcs12(crypto::base64_decode(vault.value_of(shown)).value(), {}).ok());

  const auto refused = [&](auto change) {
    protocol::policy_input policy;
    change(policy);
    return outcome_of(vault.send(import_pem("other", policy)));
  };
  BOOST_TEST(refused([](auto& p) { p.issuer = "absent"; }) == "400 BadParameter");
  BOOST_TEST(refused([](auto& p) { p.content_type = "text/plain"; }) == "400 BadParameter");
  BOOST_TEST(refused([](auto& p) { p.validity_months = 0; }) == "400 BadParameter");
  BOOST_TEST(!vault.state().certificates.active.contains("other"));
}

BOOST_AUTO_TEST_CASE(content_that_is_no_certificate_is_refused) {
  test_vault vault;
  for (const bool is_pem : {false, true}) {
    protocol::import_certificate body;
    body.value = crypto::secret_bytes::copy_of(as_bytes("-----BEGIN NOTHING-----"));
    body.is_pem = is_pem;
    BOOST_TEST(outcome_of(vault.send(ask_for(id::certificate_import, "c", "", std::move(body)))) ==
               "400 BadParameter");
  }
  BOOST_TEST(vault.records().empty());
}

BOOST_AUTO_TEST_CASE(exportable_keys_and_release_policies_need_each_other_and_the_option) {
  test_vault vault;
  BOOST_TEST(number_in(vault.ask(with_release(true, false)).verdict) == "AKV.SKR.1004");
  BOOST_TEST(number_in(vault.ask(with_release(false, true)).verdict) == "AKV.SKR.1005");
  BOOST_TEST(number_in(vault.ask(with_release(true, true)).verdict) == "AKV.SKR.1006");
  BOOST_TEST(vault.works == 0u);
  test_vault able({}, 1, {false, true, false, 0});
  BOOST_TEST(number_in(able.ask(with_release(true, false)).verdict) == "AKV.SKR.1004");
  BOOST_TEST(number_in(able.ask(with_release(false, true)).verdict) == "AKV.SKR.1005");
  const auto made = able.send(with_release(true, true));
  BOOST_TEST(key(made).key->properties.exportable);
  BOOST_TEST(key(made).key->properties.release.has_value());
}

BOOST_AUTO_TEST_CASE(a_release_policy_changes_only_within_its_rules) {
  test_vault vault({}, 1, {false, true, false, 0});
  const auto version = key(vault.send(with_release(true, true))).key->properties.version;
  const auto outcome = [&](const protocol::request& request) {
    const auto verdict = vault.ask(request).verdict;
    return outcome_of(verdict) == "ok" ? std::string("ok") : number_in(verdict);
  };
  BOOST_TEST(outcome(change_release("", {'1'})) == "ok");
  BOOST_TEST(outcome(change_release(version, {'1'})) == "AKV.SKR.1016");
  BOOST_TEST(outcome(change_release("", {}, false)) == "AKV.SKR.1003");
  BOOST_TEST(outcome(change_release("", {}, true)) == "ok");
  const auto changed = vault.send(change_release("", {'1'}));
  BOOST_TEST((key(changed).key->properties.release->data == bytes{'1'}));
  vault.send(with_release(true, true, true));
  BOOST_TEST(outcome(change_release("", {'1'})) == "AKV.SKR.1020");
  vault.restart();
  BOOST_TEST(outcome(change_release("", {'1'})) == "AKV.SKR.1020");
  vault.send(create("k", ec_256));
  BOOST_TEST(outcome(change_release("", {'1'})) == "AKV.SKR.1005");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
