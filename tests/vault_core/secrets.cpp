#include <boost/test/unit_test.hpp>

#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

BOOST_AUTO_TEST_SUITE(secrets)

BOOST_AUTO_TEST_CASE(a_set_secret_is_read_back) {
  test_vault vault;
  const auto made = vault.send(set("db", "s3"));
  BOOST_TEST(secret(made).with_value);
  BOOST_TEST(secret(made).secret->value.empty());

  const auto read = vault.ask(ask_for(operation_id::secret_get, "db")).verdict;
  BOOST_TEST(secret(read).with_value);
  BOOST_TEST(vault.value_of(*secret(read).secret) == "s3");
  BOOST_TEST(secret(read).secret->properties.version == secret(made).secret->properties.version);
}

BOOST_AUTO_TEST_CASE(an_empty_value_is_a_value) {
  test_vault vault;
  vault.send(set("db", ""));
  const auto read = vault.ask(ask_for(operation_id::secret_get, "db")).verdict;
  BOOST_TEST(vault.value_of(*secret(read).secret) == "");
}

BOOST_AUTO_TEST_CASE(a_second_set_makes_a_new_current_version_and_keeps_the_first) {
  test_vault vault;
  const auto first = secret(vault.send(set("db", "one"))).secret->properties.version;
  vault.now += 10;
  const auto second = secret(vault.send(set("db", "two"))).secret->properties;
  BOOST_TEST(second.attributes.created == vault.now);
  BOOST_TEST(second.attributes.updated == vault.now);

  const auto current = vault.ask(ask_for(operation_id::secret_get, "db")).verdict;
  BOOST_TEST(vault.value_of(*secret(current).secret) == "two");
  const auto former = vault.ask(ask_for(operation_id::secret_get, "db", first)).verdict;
  BOOST_TEST(vault.value_of(*secret(former).secret) == "one");
  BOOST_TEST(secret(former).secret->properties.attributes.created == vault.now - 10);
}

BOOST_AUTO_TEST_CASE(a_set_without_attributes_and_tags_does_not_inherit_them) {
  test_vault vault;
  auto first = set("db", "one", {false, 10, 20, {}});
  std::get<protocol::set_secret>(first.body).tags = protocol::tag_map{{"a", "b"}};
  std::get<protocol::set_secret>(first.body).content_type = "text";
  vault.send(first);
  const auto second = secret(vault.send(set("db", "two"))).secret->properties;
  BOOST_TEST(second.attributes.enabled);
  BOOST_TEST(!second.attributes.not_before.has_value());
  BOOST_TEST(!second.attributes.expires.has_value());
  BOOST_TEST(second.tags.empty());
  BOOST_TEST(!second.content_type.has_value());
}

BOOST_AUTO_TEST_CASE(names_compare_without_case_and_keep_that_of_their_creation) {
  test_vault vault;
  vault.send(set("MyName", "one"));
  BOOST_TEST(secret(vault.send(set("myNAME", "two"))).name == "MyName");
  const auto read = vault.ask(ask_for(operation_id::secret_get, "mYnAmE")).verdict;
  BOOST_TEST(secret(read).name == "MyName");
  BOOST_TEST(vault.state().secrets.active.size() == 1u);
}

BOOST_AUTO_TEST_CASE(versions_compare_without_case) {
  test_vault vault;
  BOOST_REQUIRE(vault
                    .apply(vault.seal(
                        decide(vault.state(), set("db", "v"), {0, "r", "0abc", nullptr}).records))
                    .ok());
  BOOST_TEST(outcome_of(vault.ask(ask_for(operation_id::secret_get, "db", "0ABC")).verdict) ==
             "ok");
}

BOOST_AUTO_TEST_CASE(an_unknown_secret_or_version_is_not_found) {
  test_vault vault;
  vault.send(set("db", "one"));
  for (const auto id :
       {operation_id::secret_get, operation_id::secret_delete, operation_id::secret_backup}) {
    BOOST_TEST(outcome_of(vault.ask(ask_for(id, "other")).verdict) == "404 SecretNotFound");
  }
  BOOST_TEST(outcome_of(vault.ask(update("other", "", {})).verdict) == "404 SecretNotFound");
  BOOST_TEST(outcome_of(vault.ask(update("db", "ffff", {})).verdict) == "404 SecretNotFound");
  const auto unknown = vault.ask(ask_for(operation_id::secret_get, "db", "ffff")).verdict;
  BOOST_TEST(outcome_of(unknown) == "404 SecretNotFound");
  BOOST_TEST(error(unknown).message.find("db/ffff was not found in this key vault") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_disabled_version_is_not_readable_and_the_others_are) {
  test_vault vault;
  const auto first = secret(vault.send(set("db", "one"))).secret->properties.version;
  vault.send(set("db", "two"));
  vault.send(update("db", first, {false, {}, {}, {}}));

  const auto refused = vault.ask(ask_for(operation_id::secret_get, "db", first)).verdict;
  BOOST_TEST(outcome_of(refused) == "403 Forbidden SecretDisabled");
  BOOST_TEST(error(refused).message == "Operation get is not allowed on a disabled secret.");
  BOOST_TEST(outcome_of(vault.ask(ask_for(operation_id::secret_get, "db")).verdict) == "ok");

  // Everything but the value stays at hand, and the way back is open.
  BOOST_TEST(outcome_of(vault.ask(ask_for(operation_id::secret_backup, "db")).verdict) == "ok");
  BOOST_TEST(outcome_of(vault.send(update("db", first, {true, {}, {}, {}}))) == "ok");
  const auto read = vault.ask(ask_for(operation_id::secret_get, "db", first)).verdict;
  BOOST_TEST(vault.value_of(*secret(read).secret) == "one");
}

BOOST_AUTO_TEST_CASE(a_secret_outside_its_times_is_readable) {
  test_vault vault;
  vault.send(set("expired", "one", {{}, {}, vault.now - 1, {}}));
  vault.send(set("early", "one", {{}, vault.now + 100, {}, {}}));
  for (const auto* name : {"expired", "early"}) {
    BOOST_TEST(outcome_of(vault.ask(ask_for(operation_id::secret_get, name)).verdict) == "ok");
  }
}

BOOST_AUTO_TEST_CASE(an_update_merges_attributes_and_replaces_tags) {
  test_vault vault;
  auto request = set("db", "one", {{}, 100, 200, {}});
  std::get<protocol::set_secret>(request.body).tags = protocol::tag_map{{"a", "b"}, {"c", "d"}};
  std::get<protocol::set_secret>(request.body).content_type = "text";
  const auto before = secret(vault.send(request)).secret->properties;
  vault.now += 5;

  const auto moved = secret(vault.send(update("db", before.version, {{}, {}, 300, {}})));
  BOOST_TEST(!moved.with_value);
  const auto& after = moved.secret->properties;
  BOOST_TEST(after.attributes.not_before.value() == 100);
  BOOST_TEST(after.attributes.expires.value() == 300);
  BOOST_TEST(after.attributes.created == before.attributes.created);
  BOOST_TEST(after.attributes.updated == vault.now);
  BOOST_TEST((after.tags == before.tags));
  BOOST_TEST((after.content_type == before.content_type));

  const auto tagged = ask_for(operation_id::secret_update, "db", "",
                              protocol::update_secret{"json", {}, protocol::tag_map{{"e", "f"}}});
  BOOST_TEST((secret(vault.send(tagged)).secret->properties.tags == protocol::tag_map{{"e", "f"}}));
  const auto cleared = ask_for(operation_id::secret_update, "db", "",
                               protocol::update_secret{{}, {}, protocol::tag_map{}});
  const auto last = secret(vault.send(cleared)).secret->properties;
  BOOST_TEST(last.tags.empty());
  BOOST_TEST(last.content_type.value() == "json");
  const auto read = vault.ask(ask_for(operation_id::secret_get, "db")).verdict;
  BOOST_TEST(vault.value_of(*secret(read).secret) == "one");
}

BOOST_AUTO_TEST_CASE(an_expiry_not_later_than_the_start_is_refused) {
  test_vault vault;
  BOOST_TEST(outcome_of(vault.ask(set("db", "v", {{}, 10, 10, {}})).verdict) == "400 BadParameter");
  vault.send(set("db", "v", {{}, 100, 200, {}}));
  // Each alone is fine; against what is there already it is not.
  BOOST_TEST(outcome_of(vault.ask(update("db", "", {{}, {}, 100, {}})).verdict) ==
             "400 BadParameter");
  BOOST_TEST(outcome_of(vault.ask(update("db", "", {{}, 200, {}, {}})).verdict) ==
             "400 BadParameter");
  BOOST_TEST(outcome_of(vault.ask(update("db", "", {{}, 199, {}, {}})).verdict) == "ok");
}

BOOST_AUTO_TEST_CASE(an_update_writes_no_version_but_its_own) {
  test_vault vault;
  for (int i = 0; i < 5; ++i) vault.send(set("db", "value"));
  const auto first = vault.state().secrets.active.at("db").versions.front();
  const auto decided = vault.ask(update("db", first->properties.version, {false, {}, {}, {}}));
  BOOST_REQUIRE(decided.records.size() == 2u);
  BOOST_TEST(decided.records.at(0).key == first->record_key);
  BOOST_TEST(decided.records.at(1).key == "s/db");
  // The value is not opened and sealed again.
  const auto* kept = std::get_if<regions::sealed_part>(&decided.records.at(0).value);
  BOOST_REQUIRE(kept != nullptr);
  BOOST_TEST((kept->buffer == first->value.buffer));
}

BOOST_AUTO_TEST_CASE(a_repeated_set_makes_no_second_version) {
  test_vault vault;
  const auto request = set("db", "one");
  const auto first = secret(vault.send(request));
  vault.now += 7;
  const auto again = secret(vault.send_again(request));
  BOOST_TEST(vault.last_batch().empty());
  BOOST_TEST(again.with_value);
  BOOST_TEST(again.secret->value.empty());
  BOOST_TEST(again.secret->properties.version == first.secret->properties.version);
  BOOST_TEST(again.secret->properties.attributes.created == vault.now - 7);
  BOOST_TEST(vault.state().secrets.active.at("db").versions.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_set_repeated_after_another_change_makes_no_second_version) {
  test_vault vault;
  const auto version = crypto::random_hex_id(vault.random);
  const regions::request_context first{vault.now, "first", version, nullptr};
  const auto request = set("db", "one");
  BOOST_REQUIRE(vault.apply(vault.seal(decide(vault.state(), request, first).records)).ok());
  vault.send(set("db", "two"));
  const auto again = decide(vault.state(), request, first);
  BOOST_TEST(again.records.empty());
  BOOST_TEST(secret(again.verdict).secret->properties.version == version);
}

BOOST_AUTO_TEST_CASE(a_repeated_request_is_known_by_its_id_alone) {
  test_vault vault;
  const auto request = set("db", "v");
  const auto first = decide(vault.state(), request, {vault.now, "same", "01", nullptr});
  BOOST_REQUIRE(vault.apply(vault.seal(first.records)).ok());
  const auto again = decide(vault.state(), request, {vault.now, "same", "02", nullptr});
  BOOST_TEST(again.records.empty());
  BOOST_TEST(secret(again.verdict).secret->properties.version == "01");
}

BOOST_AUTO_TEST_CASE(a_repeated_update_is_answered_and_not_redone) {
  test_vault vault;
  vault.send(set("db", "one"));
  const auto request = update("db", "", {{}, 5, {}, {}});
  const auto first = secret(vault.send(request));
  vault.now += 7;
  const auto again = secret(vault.send_again(request));
  BOOST_TEST(vault.last_batch().empty());
  BOOST_TEST(again.secret->properties.attributes.updated ==
             first.secret->properties.attributes.updated);
}

BOOST_AUTO_TEST_CASE(requests_without_an_id_are_never_taken_for_repeated) {
  test_vault vault;
  const auto set_nameless = [&](const char* version) {
    const auto request = set("db", "v");
    const auto decided = decide(vault.state(), request, {vault.now, "", version, nullptr});
    BOOST_REQUIRE(vault.apply(vault.seal(decided.records)).ok());
    return decided.records.size();
  };
  BOOST_TEST(set_nameless("01") == 2u);
  BOOST_TEST(set_nameless("02") == 2u);
  BOOST_TEST(vault.state().secrets.active.at("db").versions.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_body_of_another_shape_is_an_error_and_no_crash) {
  test_vault vault;
  vault.send(set("db", "one"));
  vault.send(create("db"));
  using id = operation_id;
  for (const auto operation :
       {id::secret_set, id::secret_update, id::secret_restore, id::key_create, id::key_update,
        id::key_restore, id::key_sign, id::key_verify, id::key_encrypt, id::key_unwrap}) {
    const auto decided = vault.ask(ask_for(operation, "db"));
    BOOST_TEST(outcome_of(decided.verdict) == "500 InternalServerError");
    BOOST_TEST(decided.records.empty());
  }
}

BOOST_AUTO_TEST_CASE(mutations_of_one_object_share_their_place_in_line) {
  BOOST_TEST(regions::object_of(set("Db", "v")) == "db");
  BOOST_TEST(regions::object_of(ask_for(operation_id::secret_purge, "dB")) == "db");
  BOOST_TEST(regions::object_of(ask_for(operation_id::secret_restore, "", "",
                                        protocol::restore_secret{"DB", {}})) == "db");
  // A certificate's key and secret change with it, so that all three kinds share a line.
  BOOST_TEST(regions::object_of(create("Db")) == "db");
  BOOST_TEST(regions::object_of(make_certificate("DB")) == "db");
  BOOST_TEST(regions::object_of(ask_for(operation_id::key_restore, "", "",
                                        protocol::restore_key{"DB", {}})) == "db");
  BOOST_TEST(regions::object_of(ask_for(operation_id::certificate_restore, "", "",
                                        protocol::restore_certificate{"DB", {}, {}})) == "db");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
