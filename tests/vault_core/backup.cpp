#include <boost/test/unit_test.hpp>

#include "regions/vault/records.hpp"
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;

protocol::restore_secret blob_of(test_vault& vault, const std::string& name) {
  auto request = restore_of(vault, id::secret_backup, name);
  return std::move(std::get<protocol::restore_secret>(request.body));
}

protocol::request restore(protocol::restore_secret blob) {
  return ask_for(id::secret_restore, "", "", std::move(blob));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(backup)

BOOST_AUTO_TEST_CASE(a_restored_secret_is_as_it_was_backed_up) {
  test_vault from;
  const auto first = secret(from.send(set("Db", "one"))).secret->properties.version;
  from.now += 5;
  const auto second = secret(from.send(set("db", "two"))).secret->properties;
  from.send(update("db", first, {false, {}, {}, {}}));

  test_vault to({}, 2);
  to.now += 1'000'000;
  const auto request = restore(blob_of(from, "db"));
  const auto answer = secret(to.send(request));
  BOOST_TEST(answer.name == "Db");
  BOOST_TEST(!answer.with_value);
  BOOST_TEST(answer.secret->properties.version == second.version);
  BOOST_TEST(answer.secret->properties.attributes.created == second.attributes.created);

  const auto read = to.ask(ask_for(id::secret_get, "DB")).verdict;
  BOOST_TEST(to.value_of(*secret(read).secret) == "two");
  BOOST_TEST(outcome_of(to.ask(ask_for(id::secret_get, "db", first)).verdict) ==
             "403 Forbidden SecretDisabled");
}

BOOST_AUTO_TEST_CASE(a_key_is_restored_with_its_material) {
  test_vault from;
  from.send(create("k", {crypto::key_type::ec, 0, crypto::curve::p521, 0}));
  const auto original = from.state().keys.active.at("k").current();

  test_vault to({}, 2);
  const auto request = restore_of(from, id::key_backup, "k");
  BOOST_TEST(key(to.send(request)).key->properties.version == original->properties.version);
  const auto& restored = *to.state().keys.active.at("k").current();
  BOOST_TEST(as_text(to.opened(restored.record_key, restored.value).view()) ==
             as_text(from.opened(original->record_key, original->value).view()));
  BOOST_TEST((restored.properties.pub.x == original->properties.pub.x));
}

// A backup is no way around what was forbidden.
BOOST_AUTO_TEST_CASE(a_restored_key_may_do_no_more_than_it_could_before) {
  test_vault from;
  from.send(create("k", ec_256));
  from.send(ask_for(
      id::key_update, "k", "",
      protocol::update_key{
          std::vector{protocol::key_operation::verify}, {{}, {}, from.now + 60, {}}, {}, {}}));
  const auto request = restore_of(from, id::key_backup, "k");

  test_vault to({}, 2);
  to.send(request);
  BOOST_TEST(outcome_of(to.ask(use(id::key_sign, "k", "ES256", 32)).verdict) ==
             "403 Forbidden KeyOperationForbidden");
  to.now += 60;
  BOOST_TEST(outcome_of(to.ask(use(id::key_sign, "k", "ES256", 32)).verdict) ==
             "403 Forbidden KeyExpired");
  BOOST_TEST(outcome_of(to.ask(request).verdict) == "409 Conflict");
}

BOOST_AUTO_TEST_CASE(a_name_in_use_is_not_overwritten) {
  test_vault vault;
  const auto made = secret(vault.send(set("db", "one"))).secret->properties.version;
  const auto request = restore(blob_of(vault, "db"));
  const auto refused = vault.ask(request);
  BOOST_TEST(outcome_of(refused.verdict) == "409 Conflict");
  BOOST_TEST(error(refused.verdict).message.find(made) != std::string::npos);
  BOOST_TEST(refused.records.empty());

  vault.send(ask_for(id::secret_delete, "db"));
  BOOST_TEST(outcome_of(vault.ask(request).verdict) ==
             "409 Conflict ObjectIsDeletedButRecoverable");
  vault.send(ask_for(id::secret_purge, "db"));
  BOOST_TEST(outcome_of(vault.send(request)) == "ok");
}

BOOST_AUTO_TEST_CASE(a_repeated_restore_is_no_conflict) {
  test_vault from;
  from.send(set("db", "one"));
  test_vault to({}, 2);
  const auto request = restore(blob_of(from, "db"));
  to.send(request);
  BOOST_TEST(outcome_of(to.send_again(request)) == "ok");
  BOOST_TEST(to.last_batch().empty());
}

BOOST_AUTO_TEST_CASE(more_than_500_past_versions_are_not_backed_up) {
  test_vault vault;
  for (std::size_t i = 0; i <= protocol::max_backup_versions; ++i) vault.send(set("db", "v"));
  BOOST_TEST(outcome_of(vault.ask(ask_for(id::secret_backup, "db")).verdict) == "ok");
  vault.send(set("db", "v"));
  BOOST_TEST(outcome_of(vault.ask(ask_for(id::secret_backup, "db")).verdict) == "403 Forbidden");
}

BOOST_AUTO_TEST_CASE(content_that_no_vault_can_hold_is_refused) {
  test_vault vault;
  vault.send(set("db", "one"));
  const auto outcome = [&](protocol::restore_secret blob) {
    return outcome_of(vault.ask(restore(std::move(blob))).verdict);
  };
  BOOST_TEST(outcome({"other", {}}) == "400 BadParameter");
  auto twice = blob_of(vault, "db");
  twice.name = "other";
  twice.versions.push_back({twice.versions.front().properties, crypto::secret_bytes(1)});
  BOOST_TEST(outcome(std::move(twice)) == "400 BadParameter");
  auto misnamed = blob_of(vault, "db");
  misnamed.name = "a/b";
  BOOST_TEST(outcome(std::move(misnamed)) == "400 BadParameter");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
