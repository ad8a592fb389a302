// The key and the secret of a certificate (CONTRACT 3.6, 6.6): there with it, changed with it, gone
// with it, and by nobody else.
#include "regions/vault/managed.hpp"

#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;
using protocol::key_operation;

constexpr auto* key_managed = "403 Forbidden KeyManagedByKeyVault";
constexpr auto* secret_managed = "403 Forbidden SecretManagedByKeyVault";

void bring(test_vault& vault, const std::string& name) {
  vault.send(make_certificate(name));
  vault.settle();
}

std::string outcome(test_vault& vault, const protocol::request& request) {
  const auto before = describe(vault.state());
  const auto verdict = vault.send(request);
  if (outcome_of(verdict) != "ok") BOOST_REQUIRE_EQUAL(describe(vault.state()), before);
  return outcome_of(verdict);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(managed)

BOOST_AUTO_TEST_CASE(nobody_changes_the_key_of_a_certificate) {
  test_vault vault;
  bring(vault, "c");
  for (const auto operation : {id::key_delete, id::key_backup, id::key_rotate}) {
    BOOST_TEST(outcome(vault, ask_for(operation, "C")) == key_managed);
  }
  BOOST_TEST(outcome(vault, create("C", ec_256)) == key_managed);
  BOOST_TEST(outcome(vault, ask_for(id::key_import, "c", "",
                                    protocol::import_key{ec_jwk(), {}, {}, {}, {}})) ==
             key_managed);
  const auto version = vault.state().keys.active.at("c").current()->properties.version;
  for (const auto& v : {std::string(), version}) {
    BOOST_TEST(outcome(vault, ask_for(id::key_update, "c", v,
                                      protocol::update_key{{}, {true, {}, {}, {}}, {}, {}})) ==
               key_managed);
  }
  BOOST_TEST(outcome(vault, ask_for(id::key_set_rotation_policy, "c", "",
                                    protocol::set_rotation_policy{})) == key_managed);
  protocol::restore_key blob{"C", {}};
  blob.versions.push_back({{}, crypto::secret_bytes(3)});
  blob.versions.back().properties.version = "0a";
  BOOST_TEST(outcome(vault, ask_for(id::key_restore, "", "", std::move(blob))) == "409 Conflict");

  const auto text = error(vault.ask(ask_for(id::key_delete, "c")).verdict).message;
  BOOST_TEST(text.find("\"delete\" is not allowed") != std::string::npos, text);
  vault.send(ask_for(id::certificate_delete, "c"));
  for (const auto operation : {id::key_recover, id::key_purge}) {
    BOOST_TEST(outcome(vault, ask_for(operation, "c")) == key_managed);
  }
  BOOST_TEST(outcome(vault, create("c", ec_256)) == "409 Conflict ObjectIsDeletedButRecoverable");
}

BOOST_AUTO_TEST_CASE(nobody_changes_the_secret_of_a_certificate) {
  test_vault vault;
  bring(vault, "c");
  for (const auto operation : {id::secret_delete, id::secret_backup}) {
    BOOST_TEST(outcome(vault, ask_for(operation, "C")) == secret_managed);
  }
  BOOST_TEST(outcome(vault, set("C", "mine")) == secret_managed);
  BOOST_TEST(outcome(vault, update("c", "", {false, {}, {}, {}})) == secret_managed);
  protocol::restore_secret blob{"C", {}};
  blob.versions.push_back({{"0a", {}, {}, {}, false}, crypto::secret_bytes(3)});
  BOOST_TEST(outcome(vault, ask_for(id::secret_restore, "", "", std::move(blob))) ==
             "409 Conflict");
  vault.send(ask_for(id::certificate_delete, "c"));
  for (const auto operation : {id::secret_recover, id::secret_purge}) {
    BOOST_TEST(outcome(vault, ask_for(operation, "c")) == secret_managed);
  }
  BOOST_TEST(outcome(vault, set("c", "x")) == "409 Conflict ObjectIsDeletedButRecoverable");
}

// It has no key and no secret yet, and still nobody makes them in its place.
BOOST_AUTO_TEST_CASE(the_name_of_an_awaited_certificate_is_taken_also_while_it_is_deleted) {
  const auto restored_secret = [] {
    protocol::restore_secret blob{"c", {}};
    blob.versions.push_back({{"0a", {}, {}, {}, false}, crypto::secret_bytes(3)});
    return ask_for(id::secret_restore, "", "", std::move(blob));
  };
  const auto restored_key = [] {
    protocol::restore_key blob{"c", {}};
    blob.versions.push_back({{}, crypto::secret_bytes(3)});
    blob.versions.back().properties.version = "0a";
    return ask_for(id::key_restore, "", "", std::move(blob));
  };
  test_vault vault;
  vault.send(make_certificate("c", ec_policy("Unknown")));
  BOOST_TEST(outcome(vault, set("c", "x")) == secret_managed);
  BOOST_TEST(outcome(vault, create("c", ec_256)) == key_managed);
  BOOST_TEST(outcome(vault, restored_secret()) == secret_managed);
  BOOST_TEST(outcome(vault, restored_key()) == key_managed);
  vault.send(ask_for(id::certificate_delete, "c"));
  constexpr auto* reuse = "409 Conflict ObjectIsDeletedButRecoverable";
  BOOST_TEST(outcome(vault, set("c", "x")) == reuse);
  BOOST_TEST(outcome(vault, create("c", ec_256)) == reuse);
  BOOST_TEST(outcome(vault, restored_secret()) == reuse);
  BOOST_TEST(outcome(vault, restored_key()) == reuse);
  vault.send(ask_for(id::certificate_purge, "c"));
  BOOST_TEST(outcome(vault, set("c", "x")) == "ok");
}

BOOST_AUTO_TEST_CASE(key_and_secret_go_and_come_back_with_their_certificate) {
  test_vault vault;
  bring(vault, "C");
  bring(vault, "c");
  const auto before = describe(vault.state());
  BOOST_TEST(outcome(vault, ask_for(id::certificate_delete, "c")) == "ok");
  check_managed(vault.state());
  for (const auto operation : {id::key_get, id::secret_get, id::certificate_get}) {
    BOOST_TEST(outcome_of(vault.ask(ask_for(operation, "c")).verdict).starts_with("404"));
  }
  const auto gone = vault.ask(ask_for(id::key_get_deleted, "c")).verdict;
  BOOST_TEST(key(gone).name == "C");
  BOOST_TEST(key(gone).deleted->deleted_date == vault.now);
  BOOST_TEST(outcome_of(vault.ask(use(id::key_sign, "c", "ES256", 32)).verdict) ==
             "404 KeyNotFound");
  vault.restart();
  check_managed(vault.state());
  BOOST_TEST(outcome(vault, ask_for(id::certificate_recover, "c")) == "ok");
  check_managed(vault.state());
  BOOST_TEST(vault.state().keys.active.at("c").versions.size() == 2u);
  BOOST_TEST(describe(vault.state()).size() < before.size());  // the operation went for good
  vault.send(ask_for(id::certificate_delete, "c"));
  vault.send(ask_for(id::certificate_purge, "c"));
  check_managed(vault.state());
  BOOST_TEST(vault.records().empty());
  BOOST_TEST(vault.state().keys.deleted.empty());
  BOOST_TEST(vault.state().secrets.deleted.empty());
  // The name is free for anyone.
  BOOST_TEST(outcome(vault, set("c", "x")) == "ok");
}

BOOST_AUTO_TEST_CASE(they_are_listed_and_readable_as_what_they_are) {
  test_vault vault;
  bring(vault, "c");
  const auto keys = vault.ask(ask_for(id::key_list)).verdict;
  BOOST_REQUIRE_EQUAL(as<regions::key_page>(keys).items.size(), 1u);
  BOOST_TEST(as<regions::key_page>(keys).items.front().version->properties.managed);
  const auto versions = vault.ask(ask_for(id::secret_list_versions, "c")).verdict;
  BOOST_TEST(as<regions::secret_page>(versions).items.size() == 1u);
  const auto policy = vault.ask(ask_for(id::key_get_rotation_policy, "c")).verdict;
  BOOST_TEST(as<regions::rotation_policy_answer>(policy).policy == nullptr);
}

BOOST_AUTO_TEST_CASE(what_the_key_may_do_follows_from_the_key_usage) {
  using enum crypto::key_usage;
  using enum key_operation;
  using ops = std::vector<key_operation>;
  const auto rsa = [](std::vector<crypto::key_usage> usages) {
    return regions::operations_of(usages, crypto::key_type::rsa);
  };
  for (const auto usage : {digital_signature, non_repudiation, key_cert_sign, crl_sign}) {
    BOOST_TEST((rsa({usage}) == ops{sign, verify}));
  }
  BOOST_TEST((rsa({data_encipherment}) == ops{encrypt, decrypt}));
  BOOST_TEST((rsa({key_encipherment}) == ops{wrap_key, unwrap_key}));
  BOOST_TEST((rsa({encipher_only}) == ops{encrypt}));
  BOOST_TEST((rsa({decipher_only}) == ops{decrypt}));
  BOOST_TEST((rsa({key_agreement}) == ops{}));
  BOOST_TEST((rsa({}) == ops{sign, verify, wrap_key, unwrap_key}));
  // An EC key only signs, whatever the certificate says.
  BOOST_TEST((regions::operations_of({key_encipherment}, crypto::key_type::ec) == ops{}));

  test_vault vault;
  auto policy = ec_policy();
  policy.usages = std::vector{key_encipherment};
  vault.send(make_certificate("c", std::move(policy)));
  vault.settle();
  BOOST_TEST(outcome_of(vault.ask(use(id::key_sign, "c", "ES256", 32)).verdict) ==
             "403 Forbidden KeyOperationForbidden");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
