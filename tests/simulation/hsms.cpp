#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <set>

#include "tests/hsm/faulty_module.hpp"
#include "tests/hsm/kit.hpp"
#include "tests/simulation/clients.hpp"

// DESIGN invariant 8, on tokens of SoftHSM2: an acknowledged HSM key is in both tokens of its
// region and of its pair, and losing one of them fails nothing.

using namespace twinkeep;
using namespace twinkeep::simulation;
using namespace std::chrono_literals;
using protocol::operation_id;
using regions::component;
using regions::fault;
using regions::fault_kind;
namespace management = protocol::management;

namespace {

const std::string vault = "premium";

struct place {
  std::string region;
  unsigned zone;
  [[nodiscard]] std::string label() const { return region + "-" + std::to_string(zone); }
};
const std::vector<place> places{{"eastus2", 1}, {"eastus2", 3}, {"centralus", 1}, {"centralus", 2}};

// Made once: tokens are slower to make than a seed is to run. What one seed has left in them the
// next one's vault does not know.
const std::string& configuration() {
  static const std::string text = [] {
    std::vector<crypto::hsm_location> tokens;
    for (const auto& p : places) tokens.push_back(test::make_token(p.label()));
    if (!crypto::create_hsm_world(tokens.front())) throw std::runtime_error("no world");
    const auto officer = test::secret_text(test::officer_pin);
    for (std::size_t i = 1; i < tokens.size(); ++i) {
      test::must(crypto::join_hsm_world(tokens.front(), officer, tokens[i]));
    }
    std::string made = R"([[regions]]
name = "eastus2"
[[regions]]
name = "centralus"
[[vaults]]
name = "premium"
region = "eastus2"
sku = "premium"
)";
    for (std::size_t i = 0; i < places.size(); ++i) {
      made += "[[hsm]]\nregion = \"" + places[i].region +
              "\"\nzone = " + std::to_string(places[i].zone) + "\nmodule = \"" +
              tokens[i].module.string() + "\"\ntoken = \"" + tokens[i].token + "\"\npin_file = \"" +
              tokens[i].pin_file.string() + "\"\n";
    }
    return made;
  }();
  return text;
}

protocol::request create(const std::string& name) {
  protocol::create_key body;
  body.spec.type = crypto::key_type::ec;
  body.hsm = true;
  return {operation_id::key_create, name, {}, std::move(body)};
}

protocol::request create_certificate(const std::string& name) {
  protocol::create_certificate body;
  body.policy.subject = "CN=" + name;
  body.policy.issuer = std::string(protocol::issuer_self);
  body.policy.kind = protocol::key_kind{crypto::key_type::ec, true};
  return {operation_id::certificate_create, name, {}, std::move(body)};
}

protocol::request sign(const std::string& name, const std::string& version) {
  protocol::crypto_parameters body;
  body.algorithm = crypto::find_algorithm("ES256");
  body.value = crypto::secret_bytes{32};
  return {operation_id::key_sign, name, version, std::move(body)};
}

bool hsms_are_full(world& w) {
  const auto s = w.status();
  if (!s) return false;
  return std::ranges::all_of(s->regions, [](const auto& r) {
    return r.status && r.status->hsms.size() == 2 &&
           std::ranges::all_of(r.status->hsms, [](const auto& h) { return h.state == "up"; });
  });
}

// Something that concerns one HSM zone of the vault's region at most.
fault random_fault(seeded_random& random) {
  fault f;
  f.region = "eastus2";
  f.zone = random.chance(50) ? 1 : 3;
  switch (random.below(6)) {
    case 0:
      f.kind = fault_kind::hsm_down;
      return f;
    case 1:
      f.kind = fault_kind::zone_down;
      return f;
    case 2:
      f.kind = fault_kind::zone_frozen;
      return f;
    case 3:
      f.kind = fault_kind::region_down;
      f.zone = 0;
      return f;
    default:
      f.kind = fault_kind::component_crash;
      f.component = static_cast<component>(random.below(3));
      if (f.component == component::vault) f.vault = vault;
      if (f.component != component::zone) f.zone = 0;
      return f;
  }
}

// Of every key and certificate that was acknowledged: the version, by name.
class keys_at_work {
 public:
  explicit keys_at_work(world& w) : world_(w) {}

  void make(bool must_succeed) {
    const auto name = "k" + std::to_string(made_++);
    const auto o = call(world_, vault, create(name));
    BOOST_TEST((o.ok() || !must_succeed),
               "a key could not be made: " << (o.error ? o.error->message : "given up"));
    if (!o.ok()) return;
    const auto& answer = std::get<regions::key_answer>(std::get<regions::verdict>(o.reply->answer));
    acknowledged_.emplace(name, answer.key->properties.version);
  }

  // Issued later; what is waited for here is that it was asked for.
  void ask_for_certificate() {
    const auto name = "c" + std::to_string(made_++);
    const auto o = call(world_, vault, create_certificate(name));
    BOOST_TEST(o.ok(), "a certificate could not be asked for: " << (o.error ? o.error->message
                                                                            : "given up"));
    if (!o.ok()) return;
    const auto& answer =
        std::get<regions::pending_answer>(std::get<regions::verdict>(o.reply->answer));
    awaited_.emplace(name, answer.operation.version);
  }

  // Their keys can be used once they are.
  void expect_certificates() {
    acknowledged_.merge(awaited_);
    awaited_.clear();
  }

  void use_each() {
    for (const auto& [name, version] : acknowledged_) {
      const auto o = call(world_, vault, sign(name, version));
      BOOST_TEST(o.ok(),
                 name << " could not be used: " << (o.error ? o.error->message : "given up"));
    }
  }

  void purge_one() {
    if (acknowledged_.empty()) return;
    const auto name = acknowledged_.begin()->first;
    BOOST_REQUIRE(
        call(world_, vault, protocol::request{operation_id::key_delete, name, {}, {}}).ok());
    BOOST_REQUIRE(
        call(world_, vault, protocol::request{operation_id::key_purge, name, {}, {}}).ok());
    acknowledged_.erase(name);
  }

  [[nodiscard]] std::set<std::string> labels() const {
    std::set<std::string> found;
    for (const auto& [name, version] : acknowledged_) {
      found.insert(regions::hsm_label(vault, name, version));
    }
    return found;
  }

 private:
  world& world_;
  unsigned made_ = 0;
  std::map<std::string, std::string> acknowledged_, awaited_;
};

std::set<std::string> labels_in(const regions::hsm_config& token) {
  const auto open = crypto::open_hsm_token(token.where);
  BOOST_REQUIRE(open.ok());
  const auto objects = (*open)->inventory();
  BOOST_REQUIRE(objects.ok());
  std::set<std::string> found;
  for (const auto& object : *objects) found.insert(object.label);
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hsms)

BOOST_DATA_TEST_CASE(an_acknowledged_key_is_in_every_token, boost::unit_test::data::xrange(30),
                     seed) {
  world w{static_cast<std::uint64_t>(40'000 + seed), configuration()};
  const auto is_whole = [&] { return w.healthy() && hsms_are_full(w); };
  BOOST_REQUIRE(w.run_until(is_whole, 10s));
  keys_at_work keys{w};
  keys.make(true);
  for (int round = 0; round < 4; ++round) {
    const auto f = random_fault(w.random());
    BOOST_TEST_CONTEXT("fault " << regions::describe(f)) {
      const bool region_is_lost = f.kind == fault_kind::region_down;
      if (region_is_lost) w.run_for(1s);  // what its pair is to know it has by then
      w.faults().begin(f);
      if (!region_is_lost) keys.make(true);
      keys.use_each();
      if (!region_is_lost && round % 2 == 0) keys.ask_for_certificate();
      w.run_for(w.random().between(0ms, 3s));
      if (!region_is_lost) keys.make(true);
      keys.use_each();
      if (w.random().chance(50) && !region_is_lost) keys.purge_one();
      if (!f.momentary()) w.faults().end(f);
      BOOST_REQUIRE_MESSAGE(w.run_until(is_whole, 120s), "never whole again");
      keys.use_each();
    }
  }
  w.run_for(61s);  // the vault looks, at the latest, every minute
  keys.expect_certificates();
  keys.use_each();
  for (const auto& token : w.topology().hsms) {
    const auto found = labels_in(token);
    const auto wanted = keys.labels();
    BOOST_TEST(found == wanted, boost::test_tools::per_element());
  }
}

// At the very moment of the answer, not a moment later.
BOOST_AUTO_TEST_CASE(a_key_is_in_both_tokens_when_it_is_acknowledged) {
  world w{42'000, configuration()};
  BOOST_REQUIRE(w.run_until([&] { return w.healthy() && hsms_are_full(w); }, 10s));
  unsigned holders = 0;
  ask one{w, vault, create("at-once"), [&](const outcome& o) {
            BOOST_REQUIRE(o.ok());
            const auto& answer =
                std::get<regions::key_answer>(std::get<regions::verdict>(o.reply->answer));
            const auto label = regions::hsm_label(vault, "at-once", answer.key->properties.version);
            for (const auto& token : w.topology().hsms) {
              if (token.region == "eastus2" && labels_in(token).contains(label)) ++holders;
            }
          }};
  while (!one.finished()) {
    w.run_for(1ms);
    one.tick();
  }
  BOOST_TEST(holders == 2U);
}

BOOST_AUTO_TEST_CASE(what_a_token_did_not_take_is_missing_until_it_does) {
  world w{43'000, configuration()};
  BOOST_REQUIRE(w.run_until([&] { return w.healthy() && hsms_are_full(w); }, 10s));
  // What is opened from now on is opened by way of a module that refuses three times.
  test::faulty_module module;
  w.env().open_hsm = [](crypto::hsm_location where) {
    where.module = test::faulty_module::file();
    return crypto::open_hsm_token(where);
  };
  const auto before = module.count("C_UnwrapKey");
  module.fail("C_UnwrapKey", CKR_WRAPPED_KEY_INVALID, 3);
  fault f;
  f.kind = fault_kind::hsm_down;
  f.region = "eastus2";
  f.zone = 1;
  w.faults().begin(f);
  w.run_for(1s);
  keys_at_work keys{w};
  keys.make(true);
  w.faults().end(f);
  const auto is_filling = [&] {
    const auto s = w.status();
    return s && std::ranges::any_of(s->regions, [](const auto& r) {
             if (!r.status || r.name != "eastus2") return false;
             const auto& hsm = r.status->hsms.at(0);
             return hsm.state == "filling" && hsm.report.missing == 1;
           });
  };
  BOOST_TEST(w.run_until(is_filling, 10s));
  BOOST_TEST(w.run_until([&] { return hsms_are_full(w); }, 120s));
  BOOST_TEST(module.count("C_UnwrapKey") == before + 4);
  BOOST_TEST(labels_in(w.topology().hsms.at(0)) == keys.labels(), boost::test_tools::per_element());
}

// While one token of each region was away, and the service was started anew in between: what the
// tokens should let go of follows from the registry's records, like everything.
BOOST_DATA_TEST_CASE(keys_of_a_vault_that_is_gone_leave_a_token_that_was_away,
                     boost::unit_test::data::make({false, true}), purged) {
  world w{45'000, configuration()};
  BOOST_REQUIRE(w.run_until([&] { return w.healthy() && hsms_are_full(w); }, 10s));
  // With its copy.
  const auto is_whole = [&] { return is_served(w, "passing") && w.healthy(); };
  auto body = vault_body(w, 1);
  body.sku = protocol::vault_sku::premium;
  BOOST_REQUIRE(
      acknowledged(call(w, change(management::operation_id::vault_put, "passing", body))));
  BOOST_REQUIRE(w.run_until(is_whole, 10s));
  BOOST_REQUIRE(call(w, "passing", create("k")).ok());
  keys_at_work others{w};
  others.make(true);
  const auto holders = [&] {
    return std::ranges::count_if(w.topology().hsms, [](const auto& token) {
      return std::ranges::any_of(
          labels_in(token), [](const std::string& label) { return label.starts_with("passing/"); });
    });
  };
  BOOST_REQUIRE(w.run_until([&] { return hsms_are_full(w) && holders() == 4; }, 10s));
  for (const auto* region : {"eastus2", "centralus"}) {
    fault f;
    f.kind = fault_kind::hsm_down;
    f.region = region;
    f.zone = 1;
    w.faults().begin(f);
  }
  w.run_for(1s);
  BOOST_REQUIRE(acknowledged(call(w, change(management::operation_id::vault_delete, "passing"))));
  if (purged) {
    BOOST_REQUIRE(
        acknowledged(call(w, change(management::operation_id::deleted_vault_purge, "passing"))));
    w.run_for(5s);
  }
  BOOST_TEST(w.run_until([&] { return holders() == 2; }, 10s));
  w.restart();
  w.faults().end_all();
  BOOST_REQUIRE(w.run_until([&] { return w.healthy() && hsms_are_full(w); }, 60s));
  BOOST_TEST(w.run_until([&] { return holders() == 0; }, 10s));
  others.use_each();
  for (const auto& token : w.topology().hsms) {
    BOOST_TEST(labels_in(token) == others.labels(), boost::test_tools::per_element());
  }
  // Whoever has the name now has the key that is made now.
  if (!purged) {
    body = {};
    body.recover = true;
  }
  BOOST_REQUIRE(
      acknowledged(call(w, change(management::operation_id::vault_put, "passing", body))));
  BOOST_REQUIRE(w.run_until(is_whole, 10s));
  if (purged) BOOST_REQUIRE(call(w, "passing", create("k")).ok());
  BOOST_TEST(call(w, "passing", sign("k", {})).ok());
  BOOST_TEST(w.run_until([&] { return holders() == 4; }, 10s));
  w.restart();
  BOOST_REQUIRE(w.run_until([&] { return w.healthy() && hsms_are_full(w); }, 60s));
  w.run_for(5s);
  BOOST_TEST(holders() == 4);
  BOOST_TEST(call(w, "passing", sign("k", {})).ok());
}

// Whoever uses it next is not told: the tokens are given it again.
BOOST_AUTO_TEST_CASE(a_key_that_tokens_have_lost_can_be_used) {
  world w{44'000, configuration()};
  BOOST_REQUIRE(w.run_until([&] { return w.healthy() && hsms_are_full(w); }, 10s));
  keys_at_work keys{w};
  keys.make(true);
  for (int i = 0; i < 4; ++i) keys.use_each();  // in either token, which know it by then
  for (const auto& token : w.topology().hsms) {
    const auto open = crypto::open_hsm_token(token.where);
    BOOST_REQUIRE(open.ok());
    const auto objects = (*open)->inventory();
    BOOST_REQUIRE(objects.ok());
    for (const auto& object : *objects) BOOST_REQUIRE((*open)->remove(object.id).ok());
    BOOST_TEST(labels_in(token).empty());
  }
  for (int i = 0; i < 4; ++i) keys.use_each();
  BOOST_TEST(w.count_events(actors::event_kind::hsm_out) == 0U);
  for (const auto& token : w.topology().hsms) {
    if (token.region == "eastus2") {
      BOOST_TEST(labels_in(token) == keys.labels(), boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(without_any_token_hsm_keys_wait_and_nothing_else) {
  world w{41'000, configuration()};
  BOOST_REQUIRE(w.run_until([&] { return w.healthy() && hsms_are_full(w); }, 10s));
  const auto made = call(w, vault, create("k"));
  BOOST_REQUIRE(made.ok());
  for (const unsigned zone : {1U, 3U}) {
    fault f;
    f.kind = fault_kind::hsm_down;
    f.region = "eastus2";
    f.zone = zone;
    w.faults().begin(f);
  }
  w.run_for(1s);
  for (const bool makes : {false, true}) {
    const auto o = call(w, vault, makes ? create("other") : sign("k", {}));
    BOOST_REQUIRE((o.error && o.error->retry_after_s));
    BOOST_TEST((o.error->code == protocol::error_code::service_unavailable));
  }
  protocol::set_secret body;
  body.value = crypto::secret_bytes{8};
  BOOST_TEST(
      call(w, vault, protocol::request{operation_id::secret_set, "s", {}, std::move(body)}).ok());
  w.faults().end_all();
  BOOST_REQUIRE(w.run_until([&] { return hsms_are_full(w); }, 60s));
  BOOST_TEST(call(w, vault, sign("k", {})).ok());
}

BOOST_AUTO_TEST_SUITE_END()
