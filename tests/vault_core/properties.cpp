#include <boost/test/unit_test.hpp>
#include <map>

#include "protocol/identifiers.hpp"
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;

// Few names, so that requests meet; some differ by case only, some sort between others' records.
constexpr std::string_view names[] = {"a", "A", "a-b", "ab", "A-B-1"};

// Makes requests at random, of every operation, some of them impossible.
class generator {
 public:
  explicit generator(test_vault& vault) : vault_(vault), random_(vault.random) {}

  protocol::request next() {
    const auto all = protocol::operations();
    const auto& row = all[random_.below(all.size())];
    const auto name = std::string(names[random_.below(std::size(names))]);
    return ask_for(row.id, name, some_version(row.kind, name), body(row.id, name));
  }

 private:
  protocol::attributes_input attributes() {
    protocol::attributes_input input;
    if (random_.below(3) == 0) input.enabled = random_.below(3) != 0;
    if (random_.below(3) == 0) input.not_before = static_cast<std::int64_t>(random_.below(50));
    if (random_.below(3) == 0) input.expires = static_cast<std::int64_t>(random_.below(50));
    return input;
  }

  std::optional<protocol::tag_map> tags() {
    if (random_.below(2) == 0) return std::nullopt;
    protocol::tag_map made;
    for (auto n = random_.below(4); n > 0; --n)
      made[std::string("t").append(std::to_string(n))] = text();
    return made;
  }

  std::string text() {
    return std::string(random_.below(40), static_cast<char>('a' + random_.below(26)));
  }

  template <class Set>
  std::string version_in(const Set& objects, const std::string& name) {
    const auto it = objects.active.find(protocol::lower(name));
    if (it == objects.active.end()) return "00";
    const auto& versions = it->second.versions;
    return versions[random_.below(versions.size())]->properties.version;
  }

  std::string some_version(protocol::object_kind kind, const std::string& name) {
    if (random_.below(2) == 0) return {};
    return kind == protocol::object_kind::secret ? version_in(vault_.state().secrets, name)
                                                 : version_in(vault_.state().keys, name);
  }

  protocol::request_body body(id operation, const std::string& name) {
    switch (operation) {
      case id::secret_set: {
        protocol::set_secret made;
        made.value = crypto::secret_bytes::copy_of(as_bytes(text()));
        if (random_.below(2) == 0) made.content_type = text();
        made.attributes = attributes();
        made.tags = tags();
        return made;
      }
      case id::secret_update:
        return protocol::update_secret{text(), attributes(), tags()};
      case id::key_create: {
        const crypto::curve curves[] = {crypto::curve::p256, crypto::curve::p256k,
                                        crypto::curve::p384, crypto::curve::p521};
        const crypto::key_spec spec{
            random_.below(2) == 0 ? crypto::key_type::rsa : crypto::key_type::ec, 2048,
            curves[random_.below(4)]};
        return protocol::create_key{spec, {}, attributes(), tags()};
      }
      case id::key_update:
        return protocol::update_key{std::vector{protocol::key_operation::sign}, attributes(),
                                    tags()};
      case id::secret_restore: {
        protocol::restore_secret made{name, {}};
        made.versions.resize(random_.below(4));
        for (auto& v : made.versions) {
          fill(v.properties);
          v.value = crypto::secret_bytes(5);
        }
        return made;
      }
      case id::key_restore: {
        protocol::restore_key made{name, {}};
        made.versions.resize(random_.below(4));
        for (auto& v : made.versions) {
          fill(v.properties);
          v.properties.pub = fake_key({}).pub;
          v.material = crypto::secret_bytes(5);
        }
        return made;
      }
      case id::key_sign:
        return protocol::crypto_parameters{
            crypto::find_algorithm("ES256"), crypto::secret_bytes(32), {}};
      default:
        return protocol::page_request{static_cast<unsigned>(random_.below(30)),
                                      random_.below(2) == 0 ? "" : text()};
    }
  }

  template <class Properties>
  void fill(Properties& p) {
    p.version = crypto::random_hex_id(random_);
    p.attributes.created = static_cast<std::int64_t>(random_.below(1000));
    p.tags = tags().value_or(protocol::tag_map{});
  }

  test_vault& vault_;
  seeded_random& random_;
};

void check_after(test_vault& vault, const protocol::request& request, const verdict& answer) {
  const auto state = describe(vault.state());
  // What is loaded is what was applied.
  const auto loaded = vault.reload();
  BOOST_REQUIRE_MESSAGE(loaded.ok(), why(loaded));
  BOOST_REQUIRE_EQUAL(describe(*loaded), state);
  // A batch once more changes nothing.
  const auto batch = vault.last_batch();
  const auto repeated = vault.apply(batch);
  BOOST_REQUIRE_MESSAGE(repeated.ok(), why(repeated));
  BOOST_REQUIRE_EQUAL(describe(vault.state()), state);
  // The request once more changes nothing either, and succeeds if it did (a purge is forgotten).
  vault.now += 1;
  const auto again = vault.send_again(request);
  BOOST_REQUIRE(vault.last_batch().empty());
  BOOST_REQUIRE_EQUAL(describe(vault.state()), state);
  if (!std::holds_alternative<regions::empty_answer>(answer)) {
    BOOST_REQUIRE_EQUAL(outcome_of(again), outcome_of(answer));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(properties)

BOOST_AUTO_TEST_CASE(state_follows_from_records_and_repetition_is_harmless) {
  std::map<std::string, unsigned> seen;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      test_vault vault({static_cast<unsigned>(7 + seed), false}, seed);
      generator requests(vault);
      for (int step = 0; step < 200; ++step) {
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
        }
      }
    }
  }
  // The generator must reach what this test is about.
  for (const auto& row : protocol::operations()) {
    if (row.effect != protocol::effect::mutate) continue;
    BOOST_TEST(seen[std::string(row.name) + " ok"] >= 5u, row.name << " hardly ever succeeds");
  }
  for (const auto* rare : {"SecretSet 409 Conflict ObjectIsDeletedButRecoverable",
                           "SecretRestore 409 Conflict", "KeyRecover 404 KeyNotFound"}) {
    BOOST_TEST(seen[rare] > 0u, rare << " is never met");
  }
}

// Whatever a batch does, a secondary that follows batch by batch is never anything but a state
// that the primary had.
BOOST_AUTO_TEST_CASE(a_follower_passes_through_the_same_states) {
  test_vault primary({}, 99);
  generator requests(primary);
  auto follower = *regions::load_vault(primary.identity, {});
  for (int step = 0; step < 500; ++step) {
    primary.send(requests.next());
    BOOST_REQUIRE(regions::apply_replicated(follower, primary.last_batch()).ok());
    BOOST_REQUIRE_EQUAL(describe(follower), describe(primary.state()));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
