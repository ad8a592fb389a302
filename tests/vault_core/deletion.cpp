#include <boost/test/unit_test.hpp>

#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;

std::string outcome(test_vault& vault, const protocol::request& request) {
  return outcome_of(vault.ask(request).verdict);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(deletion)

BOOST_AUTO_TEST_CASE(a_deleted_secret_is_only_seen_among_the_deleted) {
  test_vault vault({30, false});
  const auto made = secret(vault.send(set("Db", "v"))).secret->properties.version;
  const auto gone = secret(vault.send(ask_for(id::secret_delete, "db")));
  BOOST_TEST(!gone.with_value);
  BOOST_TEST(gone.name == "Db");
  BOOST_TEST(gone.secret->properties.version == made);
  BOOST_TEST(gone.deleted->deleted_date == vault.now);
  BOOST_TEST(gone.deleted->scheduled_purge_date == vault.now + 30 * 86'400);

  BOOST_TEST(outcome(vault, ask_for(id::secret_get, "db")) == "404 SecretNotFound");
  BOOST_TEST(outcome(vault, ask_for(id::secret_get, "db", made)) == "404 SecretNotFound");
  BOOST_TEST(outcome(vault, ask_for(id::secret_delete, "db")) == "404 SecretNotFound");
  BOOST_TEST(outcome(vault, ask_for(id::secret_backup, "db")) == "404 SecretNotFound");
  BOOST_TEST(outcome(vault, update("db", "", {})) == "404 SecretNotFound");
  const auto seen = vault.ask(ask_for(id::secret_get_deleted, "DB")).verdict;
  BOOST_TEST(secret(seen).name == "Db");
  BOOST_TEST(secret(seen).deleted.has_value());
  BOOST_TEST(!secret(seen).with_value);
}

BOOST_AUTO_TEST_CASE(what_is_not_deleted_is_not_found_among_the_deleted) {
  test_vault vault;
  vault.send(set("db", "v"));
  for (const auto* name : {"db", "absent"}) {
    for (const auto operation : {id::secret_get_deleted, id::secret_recover, id::secret_purge}) {
      const auto refused = vault.ask(ask_for(operation, name)).verdict;
      BOOST_TEST(outcome_of(refused) == "404 SecretNotFound");
      BOOST_TEST(error(refused).message == std::string("Deleted Secret not found: ") + name);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_deleted_name_cannot_be_set_again) {
  test_vault vault;
  vault.send(set("db", "v"));
  vault.send(ask_for(id::secret_delete, "db"));
  const auto refused = vault.ask(set("DB", "w")).verdict;
  BOOST_TEST(outcome_of(refused) == "409 Conflict ObjectIsDeletedButRecoverable");
  BOOST_TEST(error(refused).message.find("currently in a deleted but recoverable state") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(recover_brings_everything_back) {
  test_vault vault;
  const auto first = secret(vault.send(set("Db", "one"))).secret->properties.version;
  vault.send(set("db", "two"));
  vault.send(update("db", first, {false, {}, {}, {}}));
  const auto before = vault.state().secrets.active.at("db");
  vault.send(ask_for(id::secret_delete, "db"));
  vault.now += 1000;
  const auto back = secret(vault.send(ask_for(id::secret_recover, "dB")));
  BOOST_TEST(!back.deleted.has_value());
  BOOST_TEST(back.secret->properties.version == before.current()->properties.version);

  const auto& after = vault.state().secrets.active.at("db");
  BOOST_TEST(after.name == "Db");
  BOOST_TEST((after.versions == before.versions));
  BOOST_TEST(outcome(vault, ask_for(id::secret_get, "db", first)) ==
             "403 Forbidden SecretDisabled");
  BOOST_TEST(outcome(vault, ask_for(id::secret_get_deleted, "db")) == "404 SecretNotFound");
}

BOOST_AUTO_TEST_CASE(purge_leaves_no_record_and_frees_the_name) {
  test_vault vault;
  for (int i = 0; i < 3; ++i) vault.send(set("Db", "v"));
  vault.send(set("db-2", "other"));
  vault.send(ask_for(id::secret_delete, "db"));
  BOOST_TEST(
      std::holds_alternative<regions::empty_answer>(vault.send(ask_for(id::secret_purge, "db"))));
  BOOST_TEST(vault.records().size() == 2u);  // of db-2
  BOOST_TEST(outcome(vault, ask_for(id::secret_get_deleted, "db")) == "404 SecretNotFound");
  BOOST_TEST(secret(vault.send(set("DB", "new"))).name == "DB");
  BOOST_TEST(vault.state().secrets.active.at("db").versions.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_retained_long_enough_is_purged_even_if_protected) {
  test_vault vault{{7, true}};
  vault.send(set("old", "1"));
  vault.send(ask_for(id::secret_delete, "old"));
  vault.now += 86'400;
  vault.send(create("young"));
  vault.send(ask_for(id::key_delete, "young"));
  vault.now += 6 * 86'400 - 1;
  BOOST_TEST(regions::due_requests(vault.state(), vault.now).empty());
  vault.now += 1;
  const auto due = regions::due_requests(vault.state(), vault.now);
  BOOST_REQUIRE_EQUAL(due.size(), 1U);
  BOOST_TEST(due.front().name == "old");
  BOOST_TEST(
      std::holds_alternative<regions::empty_answer>(vault.send(ask_for(id::secret_purge, "old"))));
  BOOST_TEST(outcome(vault, ask_for(id::key_purge, "young")) == "403 Forbidden");
}

BOOST_AUTO_TEST_CASE(purge_protection_refuses_purge) {
  test_vault vault({7, true});
  vault.send(create("k", {crypto::key_type::ec, 0, {}}));
  vault.send(ask_for(id::key_delete, "k"));
  const auto refused = vault.ask(ask_for(id::key_purge, "k"));
  BOOST_TEST(outcome_of(refused.verdict) == "403 Forbidden");
  BOOST_TEST(error(refused.verdict).message.find("demo;location=eastus2") != std::string::npos);
  BOOST_TEST(refused.records.empty());
  // Whether there is something to purge comes first.
  BOOST_TEST(outcome(vault, ask_for(id::key_purge, "absent")) == "404 KeyNotFound");
}

BOOST_AUTO_TEST_CASE(repeated_deletions_and_recoveries_are_answered_and_not_redone) {
  test_vault vault;
  vault.send(set("db", "v"));
  const auto first = secret(vault.send(ask_for(id::secret_delete, "db")));
  vault.now += 9;
  const auto again = secret(vault.send_again(ask_for(id::secret_delete, "db")));
  BOOST_TEST(vault.last_batch().empty());
  BOOST_TEST(again.deleted->deleted_date == first.deleted->deleted_date);

  vault.send(ask_for(id::secret_recover, "db"));
  BOOST_TEST(outcome_of(vault.send_again(ask_for(id::secret_recover, "db"))) == "ok");
  BOOST_TEST(vault.last_batch().empty());
  // Another client's second recovery is not a repetition.
  BOOST_TEST(outcome(vault, ask_for(id::secret_recover, "db")) == "404 SecretNotFound");

  vault.send(ask_for(id::secret_delete, "db"));
  vault.send(ask_for(id::secret_purge, "db"));
  BOOST_TEST(outcome_of(vault.send_again(ask_for(id::secret_purge, "db"))) == "404 SecretNotFound");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
