// Rotation of keys, by hand and by time (CONTRACT 5.2, 5.6).
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;
using protocol::calendar_period;
using protocol::rotation_action;
using protocol::rotation_rule;

std::string outcome(test_vault& vault, const protocol::request& request) {
  return outcome_of(vault.ask(request).verdict);
}

protocol::request set_policy(std::string name, std::vector<rotation_rule> actions,
                             std::optional<calendar_period> expiry = {}) {
  return ask_for(id::key_set_rotation_policy, std::move(name), "",
                 protocol::set_rotation_policy{std::move(actions), expiry});
}

rotation_rule after_days(unsigned days) {
  return {calendar_period{0, 0, days}, {}, rotation_action::rotate};
}
rotation_rule before_expiry(unsigned days) {
  return {{}, calendar_period{0, 0, days}, rotation_action::rotate};
}

const protocol::key_properties& current(const test_vault& vault, const std::string& name = "k") {
  return vault.state().keys.active.at(name).current()->properties;
}
std::size_t versions(const test_vault& vault, const std::string& name = "k") {
  return vault.state().keys.active.at(name).versions.size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rotation)

BOOST_AUTO_TEST_CASE(a_rotated_key_is_of_the_same_kind_under_the_same_terms) {
  const crypto::key_spec specs[] = {{crypto::key_type::rsa, 3072, {}, 0},
                                    {crypto::key_type::ec, 0, crypto::curve::p384, 0},
                                    {crypto::key_type::oct, 0, {}, 192}};
  for (const auto& spec : specs) {
    test_vault vault({}, 1, {true, false, false, 0});
    vault.send(ask_for(id::key_create, "K", "",
                       protocol::create_key{spec,
                                            std::vector<protocol::key_operation>{},
                                            {false, 5, 900, {}},
                                            protocol::tag_map{{"a", "b"}},
                                            {}}));
    const auto before = current(vault);
    vault.now += 10;
    const auto request = ask_for(id::key_rotate, "k");
    const auto rotated = vault.send(request);
    const auto& after = key(rotated).key->properties;
    BOOST_TEST(after.version != before.version);
    BOOST_TEST((after.pub.type == spec.type));
    BOOST_TEST((after.pub.crv == before.pub.crv));
    BOOST_TEST(after.pub.modulus_bytes() == before.pub.modulus_bytes());
    BOOST_TEST(after.pub.octet_bits == before.pub.octet_bits);
    BOOST_TEST(after.key_ops.empty());
    BOOST_TEST((after.tags == before.tags));
    BOOST_TEST(after.attributes.created == vault.now);
    // The times of the former version are not the new one's, nor is its being switched off.
    BOOST_TEST(after.attributes.enabled);
    BOOST_TEST(!after.attributes.expires.has_value());
    BOOST_TEST(versions(vault) == 2u);

    vault.now += 10;
    const auto works = vault.works;
    const auto again = vault.send_again(request);
    BOOST_TEST(vault.last_batch().empty());
    BOOST_TEST(key(again).key->properties.version == after.version);
    BOOST_TEST(vault.works == works);
  }
  test_vault vault;
  BOOST_TEST(outcome(vault, ask_for(id::key_rotate, "absent")) == "404 KeyNotFound");
}

BOOST_AUTO_TEST_CASE(a_policy_gets_a_notice_is_replaced_and_gives_new_keys_their_end) {
  test_vault vault;
  vault.send(create("k", ec_256));
  const auto never = vault.ask(ask_for(id::key_get_rotation_policy, "K")).verdict;
  BOOST_TEST(as<regions::rotation_policy_answer>(never).policy == nullptr);

  const auto request = set_policy("k", {after_days(30)}, calendar_period{0, 2, 0});
  vault.send(request);
  const auto first_set = vault.now;
  vault.now += 5;
  vault.send_again(request);
  BOOST_TEST(vault.last_batch().empty());
  vault.restart();
  const auto read = vault.ask(ask_for(id::key_get_rotation_policy, "k")).verdict;
  const auto& policy = *as<regions::rotation_policy_answer>(read).policy;
  BOOST_REQUIRE_EQUAL(policy.actions.size(), 2u);
  BOOST_TEST((policy.actions.back().action == rotation_action::notify));
  BOOST_TEST((policy.actions.back().before_expiry == calendar_period{0, 0, 30}));
  BOOST_TEST(policy.created == first_set);

  vault.send(ask_for(id::key_rotate, "k"));
  BOOST_TEST(current(vault).attributes.expires.value() ==
             protocol::plus(vault.now, calendar_period{0, 2, 0}));

  vault.now += 5;
  vault.send(set_policy("k", {{{}, calendar_period{0, 0, 10}, rotation_action::notify}}));
  const auto replaced = vault.ask(ask_for(id::key_get_rotation_policy, "k")).verdict;
  const auto& other = *as<regions::rotation_policy_answer>(replaced).policy;
  BOOST_TEST(other.actions.size() == 1u);
  BOOST_TEST(!other.expiry_time.has_value());
  BOOST_TEST(other.created == first_set);
  BOOST_TEST(other.updated == vault.now);
  BOOST_TEST(outcome(vault, set_policy("absent", {})) == "404 KeyNotFound");
  // It goes and comes back with the key.
  vault.send(ask_for(id::key_delete, "k"));
  vault.send(ask_for(id::key_recover, "k"));
  vault.restart();
  BOOST_TEST(vault.state().keys.active.at("k").policy->actions.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_key_is_rotated_once_at_its_time) {
  for (const bool by_expiry : {false, true}) {
    test_vault vault;
    const auto made = vault.now;
    vault.send(create("k", ec_256, {{}, {}, made + 100 * day, {}}));
    vault.send(set_policy("k", {by_expiry ? before_expiry(70) : after_days(30)},
                          calendar_period{0, 0, 100}));
    const auto due = made + 30 * day;
    vault.now = due - 1;
    BOOST_TEST(vault.let_time_pass() == 0u);
    vault.now = due;
    vault.restart();
    const auto requests = regions::due_requests(vault.state(), vault.now);
    BOOST_REQUIRE_EQUAL(requests.size(), 1u);
    BOOST_TEST((requests.front().operation == id::key_rotate));
    BOOST_TEST(vault.let_time_pass() == 1u);
    BOOST_TEST(versions(vault) == 2u);
    BOOST_TEST(vault.let_time_pass() == 0u);
    vault.restart();
    BOOST_TEST(vault.let_time_pass() == 0u);
    vault.now = due + 30 * day - 1;
    BOOST_TEST(vault.let_time_pass() == 0u);
    vault.now += 1;
    // Much later than it was due it is still rotated once.
    vault.now += 500 * day;
    BOOST_TEST(vault.let_time_pass() == 1u);
    BOOST_TEST(vault.let_time_pass() == 0u);
    BOOST_TEST(versions(vault) == 3u);
    BOOST_TEST(current(vault).attributes.expires.value() == vault.now + 100 * day);
  }
}

BOOST_AUTO_TEST_CASE(disabled_deleted_and_managed_keys_are_not_rotated_by_time) {
  test_vault vault;
  for (const auto* name : {"disabled", "deleted", "no-rotation", "no-end"}) {
    vault.send(create(name, ec_256));
    vault.send(set_policy(name, {after_days(30)}));
  }
  vault.send(ask_for(id::key_update, "disabled", "",
                     protocol::update_key{{}, {false, {}, {}, {}}, {}, {}}));
  vault.send(ask_for(id::key_delete, "deleted"));
  vault.send(set_policy("no-rotation", {}));
  vault.send(set_policy("no-end", {before_expiry(10)}, calendar_period{0, 0, 40}));
  vault.send(make_certificate("c"));
  vault.settle();
  vault.now += 60 * day;
  BOOST_TEST(vault.let_time_pass() == 0u);
  vault.send(ask_for(id::key_update, "disabled", "",
                     protocol::update_key{{}, {true, {}, {}, {}}, {}, {}}));
  BOOST_TEST(vault.let_time_pass() == 1u);
}

BOOST_AUTO_TEST_CASE(what_vaults_without_hsm_have_little_to_say_to) {
  test_vault vault({}, 1, {false, true, false, 0});
  vault.send(create("k", ec_256));
  protocol::create_key exportable{ec_256, {}, {}, {}, protocol::release_policy{}};
  exportable.attributes.exportable = true;
  vault.send(ask_for(id::key_create, "e", "", std::move(exportable)));
  const auto release = [](const char* name) {
    return ask_for(id::key_release, name, "", protocol::release_key{"attestation"});
  };
  BOOST_TEST(outcome(vault, release("k")) == "400 BadParameter");
  BOOST_TEST(outcome(vault, release("e")) == "403 Forbidden");
  BOOST_TEST(outcome(vault, release("absent")) == "404 KeyNotFound");
  vault.send(
      ask_for(id::key_update, "e", "", protocol::update_key{{}, {false, {}, {}, {}}, {}, {}}));
  BOOST_TEST(outcome(vault, release("e")) == "403 Forbidden KeyDisabled");
  BOOST_TEST(outcome(vault, ask_for(id::key_get_attestation, "k")) == "400 BadParameter");
  BOOST_TEST(outcome(vault, ask_for(id::key_get_attestation, "x")) == "404 KeyNotFound");
  const auto random =
      vault.ask(ask_for(id::random_bytes, "", "", protocol::random_bytes{64})).verdict;
  BOOST_TEST(as<regions::random_answer>(random).count == 64u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
