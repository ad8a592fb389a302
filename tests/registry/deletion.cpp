#include <algorithm>
#include <set>

#include "tests/registry/test_registry.hpp"

namespace twinkeep::registry_tests {

using enum operation_id;
using management::error_code;

namespace {

constexpr protocol::unix_seconds day = 86'400;
constexpr std::string_view role = "4633458b-17de-408a-b874-0445c86b69e6";
constexpr std::string_view assignment = "cccccccc-0000-0000-0000-00000000000c";

std::string scope_of(const test_registry& r, std::string_view vault) {
  return "/subscriptions/" + r.topology.subscription +
         "/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/" + std::string(vault);
}

bool has_record(const test_registry& r, std::string_view key) {
  const auto keys = r.record_keys();
  return std::ranges::find(keys, key) != keys.end();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(deletion)

BOOST_AUTO_TEST_CASE(a_deleted_vault_keeps_its_name_and_can_be_recovered) {
  test_registry r;
  auto body = vault_body();
  body.retention_days = 7;
  body.access_policies = std::vector{policy(bob, {"get"})};
  (void)answer_of(r.send(vault_put, "fresh", body));
  const auto deleted = answer_of(r.send(vault_delete, "Fresh"));
  BOOST_REQUIRE(deleted.vault->deleted.has_value());
  BOOST_TEST(deleted.vault->deleted->scheduled_purge_date == r.now + 7 * day);
  BOOST_TEST(answer_of(r.send(vault_delete, "fresh")).absent);
  check_refused(r.send(vault_put, "fresh", vault_body()), error_code::conflict, "deleted state");
  check_refused(r.send(vault_patch, "fresh", management::vault_input{}),
                error_code::resource_not_found, "fresh");
  r.restart();
  auto recover = management::vault_input{};
  recover.recover = true;
  check_refused(r.send(vault_put, "other", recover), error_code::deleted_vault_not_found, "other");
  const auto back = answer_of(r.send(vault_put, "fresh", recover));
  BOOST_TEST(!back.vault->deleted.has_value());
  BOOST_TEST(back.vault->access_policies.size() == 1u);
}

BOOST_AUTO_TEST_CASE(purging_takes_until_the_content_is_gone) {
  test_registry r;
  (void)answer_of(r.send(vault_put, "fresh", vault_body()));
  check_refused(r.send(deleted_vault_purge, "fresh"), error_code::deleted_vault_not_found, "fresh");
  (void)answer_of(r.send(vault_delete, "fresh"));
  (void)answer_of(r.send(deleted_vault_purge, "fresh"));
  BOOST_TEST(r.state.purging.contains("fresh"));
  r.restart();
  BOOST_TEST(r.state.purging.contains("fresh"));
  auto recover = vault_body();
  recover.recover = true;
  check_refused(r.send(vault_put, "fresh", recover), error_code::conflict, "purged");
  check_refused(r.send(vault_put, "fresh", vault_body()), error_code::conflict, "purged");
  (void)answer_of(r.send({regions::finish_purge{"fresh"}, {}}));
  BOOST_TEST(r.find("fresh") == nullptr);
  BOOST_TEST(!has_record(r, "v/fresh"));
  BOOST_TEST(!has_record(r, "x/fresh"));
  BOOST_TEST(r.state.purged.empty());  // no HSM here
  BOOST_TEST(answer_of(r.send(vault_put, "fresh", vault_body())).created);
}

BOOST_AUTO_TEST_CASE(where_there_are_hsms_a_purged_name_is_kept_until_it_is_given_again) {
  test_registry r;
  r.topology.hsms = {{"eastus2", 1, {}}, {"eastus2", 2, {}}};
  const std::set<std::string, std::less<>> kept{"Fresh"};
  (void)answer_of(r.send(vault_put, "Fresh", vault_body()));
  (void)answer_of(r.send(vault_delete, "fresh"));
  (void)answer_of(r.send(deleted_vault_purge, "fresh"));
  (void)answer_of(r.send({regions::finish_purge{"fresh"}, {}}));
  BOOST_TEST((r.state.purged == kept));
  r.restart();
  BOOST_TEST((r.state.purged == kept));
  BOOST_TEST(r.find("fresh") == nullptr);
  (void)answer_of(r.send(vault_put, "fresh", vault_body()));  // tokens tell one from the other
  BOOST_TEST((r.state.purged == kept));
  (void)answer_of(r.send(vault_delete, "fresh"));
  (void)answer_of(r.send(deleted_vault_purge, "fresh"));
  (void)answer_of(r.send({regions::finish_purge{"fresh"}, {}}));
  (void)answer_of(r.send(vault_put, "Fresh", vault_body()));
  BOOST_TEST((r.state.purged == std::set<std::string, std::less<>>{"fresh"}));
  BOOST_TEST(!has_record(r, "p/Fresh"));
}

BOOST_AUTO_TEST_CASE(a_purge_that_was_not_asked_for_cannot_be_finished) {
  test_registry r;
  (void)answer_of(r.send(vault_put, "fresh", vault_body()));
  (void)answer_of(r.send({regions::finish_purge{"fresh"}, {}}));
  BOOST_TEST(r.find("fresh") != nullptr);
}

BOOST_AUTO_TEST_CASE(a_protected_vault_is_purged_by_time_alone) {
  test_registry r;
  auto body = vault_body();
  body.purge_protection = true;
  body.retention_days = 7;
  (void)answer_of(r.send(vault_put, "fresh", body));
  (void)answer_of(r.send(vault_delete, "fresh"));
  check_refused(r.send(deleted_vault_purge, "fresh"), error_code::method_not_allowed,
                "DeletedVaultPurge");
  r.now += 7 * day - 1;
  BOOST_TEST(r.let_time_pass() == 0u);
  r.now += 1;
  BOOST_TEST(r.let_time_pass() == 1u);
  BOOST_TEST(r.state.purging.contains("fresh"));
  BOOST_TEST(r.let_time_pass() == 0u);
}

BOOST_AUTO_TEST_CASE(roles_on_a_vault_go_with_it) {
  test_registry r;
  (void)answer_of(r.send(vault_put, "fresh", vault_body()));
  (void)answer_of(r.send(vault_put, "fresher", vault_body()));
  const management::role_assignment_input input{std::string(role), std::string(bob), "User"};
  const auto one = [&](std::string_view scope, std::string_view name) {
    return answer_of(r.send(role_assignment_put, scope, input, name)).created;
  };
  BOOST_TEST(one(scope_of(r, "FRESH"), assignment));
  BOOST_TEST(one(scope_of(r, "fresh") + "/secrets/s", "cccccccc-0000-0000-0000-00000000000d"));
  BOOST_TEST(one(scope_of(r, "fresher"), "cccccccc-0000-0000-0000-00000000000e"));
  r.restart();
  BOOST_TEST(r.state.assignments.size() == 3u);
  (void)answer_of(r.send(vault_delete, "fresh"));
  BOOST_TEST(r.state.assignments.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_role_is_assigned_once) {
  test_registry r;
  const management::role_assignment_input input{std::string(role), std::string(bob), "User"};
  const auto scope = scope_of(r, "demo");
  BOOST_TEST(answer_of(r.send(role_assignment_put, scope, input, assignment)).created);
  BOOST_TEST(!answer_of(r.send(role_assignment_put, scope, input, assignment)).created);
  check_refused(r.send(role_assignment_put, scope, input, "cccccccc-0000-0000-0000-00000000000d"),
                error_code::role_assignment_exists, "exists");
  const management::role_assignment_input none{std::string(bob), std::string(bob), "User"};
  check_refused(r.send(role_assignment_put, scope, none, "cccccccc-0000-0000-0000-00000000000e"),
                error_code::role_definition_not_found, bob);
  BOOST_TEST(answer_of(r.send(role_assignment_delete, scope + "x", {}, assignment)).absent);
  BOOST_TEST(!answer_of(r.send(role_assignment_delete, scope, {}, assignment)).absent);
  BOOST_TEST(answer_of(r.send(role_assignment_delete, scope, {}, assignment)).absent);
}

BOOST_AUTO_TEST_CASE(a_request_that_comes_again_is_answered_and_not_redone) {
  test_registry r;
  BOOST_TEST(answer_of(r.send(vault_put, "fresh", vault_body())).created);
  const auto changes = r.state.changes;
  r.restart();
  const auto again = answer_of(r.send_again());
  BOOST_TEST(again.created);
  BOOST_TEST(again.vault->name == "fresh");
  BOOST_TEST(r.state.changes == changes);
  for (unsigned i = 0; i < 2 * regions::registry_state::most_recent; ++i) {
    management::vault_input patch;
    patch.tags = protocol::tag_map{{"n", std::to_string(i)}};
    (void)answer_of(r.send(vault_patch, "fresh", patch));
  }
  BOOST_TEST(r.state.recent.size() == regions::registry_state::most_recent);
  r.restart();
  BOOST_TEST(r.state.recent.size() == regions::registry_state::most_recent);
  BOOST_TEST(r.state.changes == changes + 2 * regions::registry_state::most_recent);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::registry_tests
