// What is told of a vault's objects: each thing once, until somebody has taken it.
#include "regions/vault/notices.hpp"

#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;

constexpr regions::vault_options listening{true, false, true, 0};

// "SecretNewVersionCreated db", in the order of their names; takes them.
std::vector<std::string> taken(test_vault& vault) {
  std::vector<std::string> told;
  const auto notices = vault.state().notices;
  for (const auto& [notice_id, n] : notices) {
    told.push_back(n.type + ' ' + n.name);
    vault.send(ask_for(id::secret_update, n.name, "", protocol::notice_taken{notice_id}));
  }
  BOOST_TEST(vault.state().notices.empty());
  std::ranges::sort(told);
  return told;
}

using texts = std::vector<std::string>;
void check(test_vault& vault, texts expected) {
  BOOST_TEST(taken(vault) == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(notices)

BOOST_AUTO_TEST_CASE(each_new_version_is_told_once) {
  test_vault vault({}, 1, listening);
  const auto request = set("Db", "v");
  const auto version = secret(vault.send(request)).secret->properties.version;
  vault.send_again(request);
  BOOST_REQUIRE_EQUAL(vault.state().notices.size(), 1u);
  const auto& n = vault.state().notices.begin()->second;
  BOOST_TEST(n.version == version);
  BOOST_TEST(n.object_type == "Secret");
  BOOST_TEST(n.time == vault.now);
  check(vault, {"SecretNewVersionCreated Db"});

  vault.send(update("db", "", {{}, 5, {}, {}}));
  vault.send(ask_for(id::secret_delete, "db"));
  vault.send(ask_for(id::secret_recover, "db"));
  check(vault, {});
  vault.send(create("k", ec_256));
  vault.send(ask_for(id::key_rotate, "k"));
  check(vault, {"KeyNewVersionCreated k", "KeyNewVersionCreated k"});
  vault.send(make_certificate("c"));
  check(vault, {});
  vault.settle();
  check(vault, {"CertificateNewVersionCreated c"});
  vault.send(make_certificate("m", ec_policy("Unknown")));
  const auto operation = vault.state().pending.at("m")->operation;
  vault.send(merge("m", signed_outside(operation, vault.now)));
  check(vault, {"CertificateNewVersionCreated m"});
}

BOOST_AUTO_TEST_CASE(a_notice_is_kept_until_it_is_taken) {
  test_vault vault({}, 1, listening);
  vault.send(set("db", "v"));
  vault.restart();
  BOOST_REQUIRE_EQUAL(vault.state().notices.size(), 1u);
  const auto notice_id = vault.state().notices.begin()->first;
  const auto take = ask_for(id::secret_update, "db", "", protocol::notice_taken{notice_id});
  BOOST_TEST(outcome_of(vault.send(take)) == "ok");
  BOOST_TEST(outcome_of(vault.send(take)) == "ok");
  BOOST_TEST(vault.last_batch().empty());
  vault.restart();
  BOOST_TEST(vault.state().notices.empty());
  // Neither the object nor what it remembers was touched.
  BOOST_TEST(vault.state().secrets.active.at("db").versions.size() == 1u);
}

BOOST_AUTO_TEST_CASE(each_stage_of_an_end_is_told_once) {
  test_vault vault({}, 1, listening);
  const auto end = vault.now + 100 * day;
  vault.send(set("s", "v", {{}, {}, end, {}}));
  vault.send(create("k", ec_256, {{}, {}, end, {}}));
  vault.send(set("endless", "v"));
  taken(vault);
  vault.now = end - 30 * day - 1;
  BOOST_TEST(vault.let_time_pass() == 0u);
  vault.now += 1;
  vault.restart();
  BOOST_TEST(vault.let_time_pass() == 2u);
  BOOST_TEST(vault.let_time_pass() == 0u);
  check(vault, {"KeyNearExpiry k", "SecretNearExpiry s"});
  vault.restart();
  vault.now = end - 1;
  BOOST_TEST(vault.let_time_pass() == 0u);
  vault.now += 1;
  BOOST_TEST(vault.let_time_pass() == 2u);
  check(vault, {"KeyExpired k", "SecretExpired s"});
  vault.restart();
  vault.now += 1000 * day;
  BOOST_TEST(vault.let_time_pass() == 0u);
}

BOOST_AUTO_TEST_CASE(a_new_version_and_a_new_end_are_told_of_again) {
  test_vault vault({}, 1, listening);
  const auto soon = [&] { return vault.now + 10 * day; };
  vault.send(set("s", "v", {{}, {}, soon(), {}}));
  BOOST_TEST(vault.let_time_pass() == 1u);
  vault.send(set("s", "w", {{}, {}, soon(), {}}));
  BOOST_TEST(vault.let_time_pass() == 1u);
  taken(vault);
  // Only the current version counts.
  vault.now += 20 * day;
  BOOST_TEST(vault.let_time_pass() == 1u);
  check(vault, {"SecretExpired s"});
  // Moved, the end is another one.
  vault.send(update("s", "", {{}, {}, soon(), {}}));
  BOOST_TEST(vault.let_time_pass() == 1u);
  check(vault, {"SecretNearExpiry s"});
  vault.send(update("s", "", {false, {}, {}, {}}));
  BOOST_TEST(vault.let_time_pass() == 0u);
}

BOOST_AUTO_TEST_CASE(a_key_is_told_of_when_its_policy_says) {
  test_vault vault({}, 1, listening);
  const auto end = vault.now + 100 * day;
  vault.send(create("k", ec_256, {{}, {}, end, {}}));
  vault.send(ask_for(
      id::key_set_rotation_policy, "k", "",
      protocol::set_rotation_policy{
          {{{}, protocol::calendar_period{0, 0, 60}, protocol::rotation_action::notify}}, {}}));
  taken(vault);
  vault.now = end - 60 * day - 1;
  BOOST_TEST(vault.let_time_pass() == 0u);
  vault.now += 1;
  BOOST_TEST(vault.let_time_pass() == 1u);
  check(vault, {"KeyNearExpiry k"});
}

BOOST_AUTO_TEST_CASE(a_certificate_is_told_of_and_not_its_key_and_secret) {
  test_vault vault({}, 1, listening);
  auto policy = ec_policy();
  policy.validity_months = 2;
  policy.lifetime_actions =
      std::vector{protocol::lifetime_rule{80, {}, protocol::lifetime_action::email_contacts}};
  vault.send(make_certificate("c", std::move(policy)));
  // One that is not there has no end, whatever is shown of it.
  auto awaited = ec_policy("Unknown");
  awaited.validity_months = 1;
  vault.send(make_certificate("awaited", std::move(awaited)));
  vault.settle();
  taken(vault);
  vault.now += 50 * day;
  BOOST_TEST(vault.let_time_pass() == 1u);
  check(vault, {"CertificateNearExpiry c"});
  vault.now += 50 * day;
  BOOST_TEST(vault.let_time_pass() == 1u);
  check(vault, {"CertificateExpired c"});
  BOOST_TEST(vault.let_time_pass() == 0u);
}

// Told too late, when there is another version or none at all, nothing is told.
BOOST_AUTO_TEST_CASE(what_is_no_longer_true_is_not_told) {
  test_vault vault({}, 1, listening);
  vault.send(set("s", "v", {{}, {}, vault.now + 10 * day, {}}));
  const auto due = regions::due_requests(vault.state(), vault.now);
  BOOST_REQUIRE_EQUAL(due.size(), 1u);
  vault.send(set("s", "w"));
  taken(vault);
  vault.send(due.front());
  BOOST_TEST(vault.last_batch().empty());
  vault.send(ask_for(id::secret_delete, "s"));
  BOOST_TEST(outcome_of(vault.send(due.front())) == "404 SecretNotFound");
}

BOOST_AUTO_TEST_CASE(nobody_is_told_if_nobody_listens) {
  test_vault vault;
  vault.send(set("s", "v", {{}, {}, vault.now + day, {}}));
  vault.send(make_certificate("c"));
  vault.settle();
  BOOST_TEST(vault.let_time_pass() == 0u);
  BOOST_TEST(vault.state().notices.empty());
}

BOOST_AUTO_TEST_CASE(a_notice_is_written_and_read_the_same) {
  const regions::notice n{"0a", "KeyExpired", "Key", "k", "0b", 5, {}, 7};
  const auto read = regions::read_notice(regions::write_notice(n));
  BOOST_REQUIRE(read.ok());
  BOOST_TEST(regions::write_notice(*read) == regions::write_notice(n));
  BOOST_TEST(read->not_before.value() == 5);
  BOOST_TEST(!read->expires.has_value());
  BOOST_TEST(!regions::read_notice("{}").ok());
  BOOST_TEST(!regions::read_notice("no json").ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
