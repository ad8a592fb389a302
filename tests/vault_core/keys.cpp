#include <boost/test/unit_test.hpp>

#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using protocol::key_operation;
using ops = std::vector<key_operation>;

protocol::request create_with(std::string name, crypto::key_spec spec, ops key_ops) {
  return ask_for(operation_id::key_create, std::move(name), {},
                 protocol::create_key{spec, std::move(key_ops), {}, {}, {}});
}

protocol::request update_with(std::string name, ops key_ops) {
  return ask_for(operation_id::key_update, std::move(name), {},
                 protocol::update_key{std::move(key_ops), {}, {}, {}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keys)

BOOST_AUTO_TEST_CASE(a_key_is_generated_before_it_is_decided) {
  test_vault vault;
  const auto request = create("k", {crypto::key_type::rsa, 3072, {}, 0});
  const auto first = vault.ask(request);
  const auto& work = std::get<regions::generate_key>(as<regions::vault_work>(first.verdict));
  BOOST_TEST(work.spec.modulus_bits == 3072u);
  BOOST_TEST(first.records.empty());

  const auto made = vault.send(request);
  const auto& properties = key(made).key->properties;
  BOOST_TEST(properties.pub.modulus_bytes() == 384u);
  BOOST_TEST((properties.key_ops == protocol::default_key_operations(crypto::key_type::rsa)));
  const auto read = vault.ask(ask_for(operation_id::key_get, "K")).verdict;
  BOOST_TEST(key(read).key->properties.version == properties.version);
}

BOOST_AUTO_TEST_CASE(what_would_be_refused_is_refused_before_a_key_is_generated) {
  test_vault vault;
  vault.send(create("gone", ec_256));
  vault.send(ask_for(operation_id::key_delete, "gone"));
  BOOST_TEST(outcome_of(vault.ask(create("gone")).verdict) ==
             "409 Conflict ObjectIsDeletedButRecoverable");
  BOOST_TEST(outcome_of(vault.ask(create("k", {}, {{}, 10, 10, {}})).verdict) ==
             "400 BadParameter");
  const auto exportable = vault.ask(create("k", {}, {{}, {}, {}, true})).verdict;
  BOOST_TEST(outcome_of(exportable) == "400 BadParameter");
  BOOST_TEST(error(exportable).message.find("AKV.SKR.1004") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_repeated_create_generates_nothing) {
  test_vault vault;
  const auto request = create("k", ec_256);
  const auto first = key(vault.send(request)).key->properties.version;
  const auto again = vault.send_again(request);
  BOOST_TEST(vault.last_batch().empty());
  BOOST_TEST(key(again).key->properties.version == first);
  BOOST_TEST(vault.state().keys.active.at("k").versions.size() == 1u);
}

BOOST_AUTO_TEST_CASE(key_ops_must_be_within_what_the_type_can_do) {
  test_vault vault;
  const auto outcome = [&](crypto::key_spec spec, ops key_ops) {
    return outcome_of(vault.ask(create_with("k", spec, std::move(key_ops))).verdict);
  };
  BOOST_TEST(outcome(ec_256, {key_operation::encrypt}) == "400 BadParameter");
  BOOST_TEST(outcome({}, {key_operation::import_, key_operation::sign}) == "400 BadParameter");
  BOOST_TEST(outcome({}, {key_operation::import_}) == "ok");
  BOOST_TEST(outcome({}, {}) == "ok");

  vault.send(create("ec", ec_256));
  BOOST_TEST(outcome_of(vault.ask(update_with("ec", {key_operation::wrap_key})).verdict) ==
             "400 BadParameter");
}

BOOST_AUTO_TEST_CASE(an_update_replaces_key_ops_and_merges_the_rest) {
  test_vault vault;
  const auto before = key(vault.send(create("k", ec_256, {{}, 100, 200, {}}))).key->properties;
  vault.now += 3;
  const auto verdict = vault.send(update_with("k", {}));
  const auto& after = key(verdict).key->properties;
  BOOST_TEST(after.key_ops.empty());
  BOOST_TEST(after.version == before.version);
  BOOST_TEST(after.attributes.not_before.value() == 100);
  BOOST_TEST(after.attributes.created == before.attributes.created);
  BOOST_TEST(after.attributes.updated == vault.now);
  BOOST_TEST((after.pub.x == before.pub.x));
}

BOOST_AUTO_TEST_CASE(exportable_cannot_be_switched_on_later) {
  test_vault vault;
  vault.send(create("k", ec_256));
  const auto request = [](bool exportable) {
    return ask_for(operation_id::key_update, "k", "",
                   protocol::update_key{{}, {{}, {}, {}, exportable}, {}, {}});
  };
  BOOST_TEST(error(vault.ask(request(true)).verdict).message.find("AKV.SKR.1003") !=
             std::string::npos);
  BOOST_TEST(outcome_of(vault.ask(request(false)).verdict) == "ok");
}

BOOST_AUTO_TEST_CASE(a_disabled_key_is_readable) {
  test_vault vault;
  vault.send(create("k", ec_256, {false, {}, {}, {}}));
  BOOST_TEST(outcome_of(vault.ask(ask_for(operation_id::key_get, "k")).verdict) == "ok");
}

BOOST_AUTO_TEST_CASE(secrets_and_keys_of_one_name_do_not_meet) {
  test_vault vault;
  vault.send(set("name", "v"));
  BOOST_TEST(outcome_of(vault.ask(ask_for(operation_id::key_get, "name")).verdict) ==
             "404 KeyNotFound");
  vault.send(create("name", ec_256));
  vault.send(ask_for(operation_id::secret_delete, "name"));
  BOOST_TEST(outcome_of(vault.ask(ask_for(operation_id::key_get, "name")).verdict) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
