#include <map>
#include <set>

#include "regions/vault/hsm_keys.hpp"
#include "tests/vault_core/generator.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;

// Nothing remains that could remember these: repeated, a removal is a 404, and a setting without
// history is set to the same values again.
bool is_forgotten(const protocol::request& request) {
  const auto operation = request.operation;
  return operation >= id::contacts_get || operation == id::certificate_delete_pending ||
         operation == id::certificate_purge || operation == id::key_purge ||
         operation == id::secret_purge ||
         std::holds_alternative<protocol::issue_pending>(request.body);
}

void check_state(const test_vault& vault) {
  const auto state = describe(vault.state());
  // What is loaded is what was applied.
  const auto loaded = vault.reload();
  BOOST_REQUIRE_MESSAGE(loaded.ok(), why(loaded));
  BOOST_REQUIRE_EQUAL(describe(*loaded), state);
  check_managed(vault.state());
}

void check_after(test_vault& vault, const protocol::request& request, const verdict& answer) {
  check_state(vault);
  const auto state = describe(vault.state());
  // A batch once more changes nothing.
  const auto batch = vault.last_batch();
  const auto repeated = vault.apply(batch);
  BOOST_REQUIRE_MESSAGE(repeated.ok(), why(repeated));
  BOOST_REQUIRE_EQUAL(describe(vault.state()), state);
  // The request once more changes nothing either, and succeeds if it did.
  const bool forgotten = is_forgotten(request);
  if (!forgotten) vault.now += 1;
  const auto again = vault.send_again(request);
  BOOST_REQUIRE_EQUAL(describe(vault.state()), state);
  if (forgotten) return;
  BOOST_REQUIRE(vault.last_batch().empty());
  BOOST_REQUIRE_EQUAL(outcome_of(again), outcome_of(answer));
}

// What is due is done, and once it is, nothing is due until the clock goes on. A renewal is asked
// for, issued, and told of: a few rounds.
void check_time(test_vault& vault) {
  vault.now += static_cast<std::int64_t>(vault.random.below(30)) * day;
  unsigned rounds = 0;
  while (vault.let_time_pass() != 0) {
    BOOST_REQUIRE_MESSAGE(++rounds < 6, "something is due again and again");
    check_state(vault);
  }
}

constexpr regions::vault_options everything{true, true, true, 0, false, true};

}  // namespace

BOOST_AUTO_TEST_SUITE(properties)

BOOST_AUTO_TEST_CASE(state_follows_from_records_and_repetition_is_harmless) {
  std::map<std::string, unsigned> seen;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      test_vault vault({static_cast<unsigned>(7 + seed), false}, seed, everything);
      generator requests(vault);
      for (int step = 0; step < 300; ++step) {
        vault.now += 1;
        const auto request = requests.next();
        const auto before = describe(vault.state());
        const auto answer = vault.send(request);
        const auto& row = protocol::row_of(request.operation);
        ++seen[std::string(row.name) + ' ' + outcome_of(answer)];
        BOOST_TEST_CONTEXT("step " << step << ": " << row.name << ' ' << request.name) {
          if (vault.last_batch().empty()) {
            BOOST_REQUIRE_EQUAL(describe(vault.state()), before);
          } else {
            BOOST_REQUIRE((row.effect == protocol::effect::mutate));
            BOOST_REQUIRE_EQUAL(outcome_of(answer), "ok");
            check_after(vault, request, answer);
          }
          if (vault.random.below(40) == 0) check_time(vault);
        }
      }
    }
  }
  // The generator must reach what this test is about.
  for (const auto& row : protocol::operations()) {
    if (row.effect != protocol::effect::mutate) continue;
    BOOST_TEST(seen[std::string(row.name) + " ok"] >= 5u, row.name << " hardly ever succeeds");
  }
  for (const auto* rare :
       {"SecretSet 409 Conflict ObjectIsDeletedButRecoverable", "SecretRestore 409 Conflict",
        "KeyRecover 404 KeyNotFound", "SecretSet 403 Forbidden SecretManagedByKeyVault",
        "KeyUpdate 403 Forbidden KeyManagedByKeyVault", "CertificateCreate 409 Conflict",
        "KeyPurge 403 Forbidden KeyManagedByKeyVault"}) {
    BOOST_TEST(seen[rare] > 0u, rare << " is never met");
  }
}

// Whatever a batch does, a secondary that follows batch by batch is never anything but a state
// that the primary had.
BOOST_AUTO_TEST_CASE(a_follower_passes_through_the_same_states) {
  test_vault primary({}, 99, everything);
  generator requests(primary);
  auto follower = *regions::load_vault(primary.identity, {});
  std::set<std::string> token;  // what an HSM of the follower's holds, if it follows as well
  std::size_t removed = 0;
  for (int step = 0; step < 500; ++step) {
    primary.send(requests.next());
    const auto before = regions::hsm_keys_touched(follower, primary.last_batch());
    BOOST_REQUIRE(regions::apply_replicated(follower, primary.last_batch()).ok());
    BOOST_REQUIRE_EQUAL(describe(follower), describe(primary.state()));
    const auto after = regions::hsm_keys_touched(follower, primary.last_batch());
    for (const auto& label : regions::labels_gone(before, after)) removed += token.erase(label);
    for (const auto& key : after) token.insert(key.label);
    std::set<std::string> wanted;
    for (const auto& key : regions::hsm_keys_of(follower)) {
      BOOST_REQUIRE(primary.hsms.keys.contains(key.label));
      wanted.insert(key.label);
    }
    BOOST_REQUIRE((token == wanted));
  }
  BOOST_TEST(!token.empty());
  BOOST_TEST(removed > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
