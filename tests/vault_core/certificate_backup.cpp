// Backup and restore of certificates (CONTRACT 8): their keys and secrets come with them.
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;

void bring(test_vault& vault, const std::string& name, protocol::policy_input policy) {
  vault.send(make_certificate(name, std::move(policy)));
  vault.settle();
}

bool signs(test_vault& vault, const regions::stored_certificate& version) {
  auto request = use(id::key_sign, "web", "ES256", 32);
  request.version = version.properties.version;
  const auto decided = vault.ask(request);
  const auto& used = *as<regions::use_key>(decided.verdict).key;
  auto loaded = provider().load(vault.opened(used.record_key, used.value).view());
  auto verifier = provider().load_public(version.properties.pub);
  BOOST_REQUIRE(loaded.ok() && verifier.ok());
  const auto& algorithm = *crypto::find_algorithm("ES256");
  const auto signature = (*loaded)->sign(algorithm, bytes(32));
  return signature.ok() && *(*verifier)->verify(algorithm, bytes(32), *signature);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(certificate_backup)

BOOST_AUTO_TEST_CASE(a_restored_certificate_is_usable_in_all_its_versions) {
  test_vault from;
  bring(from, "Web", ec_policy());
  auto pem = ec_policy();
  pem.content_type = std::string(protocol::pem_content_type);
  bring(from, "web", std::move(pem));
  const auto original = from.state().certificates.active.at("web");
  from.send(ask_for(id::certificate_update, "web", original.versions.front()->properties.version,
                    protocol::update_certificate{{}, {false, {}, {}, {}}, {}}));

  test_vault to({}, 2);
  to.now += 1000;
  const auto request = restore_of(from, id::certificate_backup, "web");
  const auto answer = to.send(request);
  BOOST_TEST(certificate(answer).name == "Web");
  to.restart();
  check_managed(to.state());
  const auto& restored = to.state().certificates.active.at("web");
  BOOST_REQUIRE_EQUAL(restored.versions.size(), 2u);
  BOOST_TEST(restored.policy->content_type == protocol::pem_content_type);
  BOOST_TEST(signs(to, *original.current()));
  const auto shown = to.ask(ask_for(id::secret_get, "web")).verdict;
  const auto value = to.value_of(*secret(shown).secret);
  const auto bundle = crypto::read_pem_bundle(as_bytes(value));
  BOOST_REQUIRE(bundle.ok());
  BOOST_TEST((bundle->chain == original.current()->properties.chain));
  // What was forbidden stays so.
  const auto first = original.versions.front()->properties.version;
  BOOST_TEST(outcome_of(to.ask(ask_for(id::secret_get, "web", first)).verdict) ==
             "403 Forbidden SecretDisabled");
  to.send(ask_for(id::certificate_update, "web", first,
                  protocol::update_certificate{{}, {true, {}, {}, {}}, {}}));
  BOOST_TEST(signs(to, *original.versions.front()));
  const auto former = to.ask(ask_for(id::secret_get, "web", first)).verdict;
  BOOST_TEST(
      crypto::read_pkcs12(crypto::base64_decode(to.value_of(*secret(former).secret)).value(), {})
          .ok());
}

BOOST_AUTO_TEST_CASE(a_name_in_use_is_not_overwritten) {
  test_vault vault;
  bring(vault, "web", ec_policy());
  const auto request = restore_of(vault, id::certificate_backup, "web");
  BOOST_TEST(outcome_of(vault.ask(request).verdict) == "409 Conflict");
  vault.send(ask_for(id::certificate_delete, "web"));
  BOOST_TEST(outcome_of(vault.ask(request).verdict) ==
             "409 Conflict ObjectIsDeletedButRecoverable");
  vault.send(ask_for(id::certificate_purge, "web"));
  vault.send(request);
  vault.now += 1;
  BOOST_TEST(outcome_of(vault.send_again(request)) == "ok");
  BOOST_TEST(vault.last_batch().empty());
  check_managed(vault.state());
}

// An awaited version is no part of a backup, and a blob that has one would make a vault that cannot
// be loaded.
BOOST_AUTO_TEST_CASE(a_version_without_certificate_is_not_restored) {
  test_vault vault;
  bring(vault, "web", ec_policy());
  auto request = restore_of(vault, id::certificate_backup, "web");
  auto& blob = std::get<protocol::restore_certificate>(request.body);
  blob.name = "other";
  blob.versions.front().properties.chain.clear();
  const auto refused = vault.send(request);
  BOOST_TEST(outcome_of(refused) == "400 BadParameter");
  BOOST_TEST(error(refused).message == "Backup blob contains invalid or corrupt version.");
  BOOST_TEST(vault.reload().ok());
  blob.versions.clear();
  BOOST_TEST(outcome_of(vault.send(request)) == "400 BadParameter");
}

BOOST_AUTO_TEST_CASE(a_restored_symmetric_key_is_the_same) {
  test_vault from({}, 1, {true, false, false, 0});
  from.send(create("k", {crypto::key_type::oct, 0, {}, 256}));
  test_vault to({}, 2, {true, false, false, 0});
  BOOST_TEST(outcome_of(to.send(restore_of(from, id::key_backup, "k"))) == "ok");
  to.restart();
  const auto& a = *from.state().keys.active.at("k").current();
  const auto& b = *to.state().keys.active.at("k").current();
  BOOST_TEST(as_text(from.opened(a.record_key, a.value).view()) ==
             as_text(to.opened(b.record_key, b.value).view()));
  BOOST_TEST(b.properties.pub.octet_bits == 256u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
