#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "regions/vault/due.hpp"
#include "tests/simulation/clients.hpp"

// What time causes, and what is told of it.

using namespace twinkeep;
using namespace twinkeep::simulation;
using namespace std::chrono_literals;
using protocol::operation_id;
using regions::fault;
using regions::fault_kind;

namespace {

const std::string vault = "demo";

const std::string listening = "[events]\nwebhook = \"https://hooks.example/\"\n";

// Takes what it is told, or some of it.
class fake_courier : public actors::notice_courier {
 public:
  explicit fake_courier(seeded_random& random) : random_(random) {}
  void post(const regions::notice& n, const regions::vault_identity&, done on_done) override {
    const bool takes = !random_.chance(refuses_percent);
    if (takes) ++told[n.version];
    ++posts;
    on_done(takes);
  }
  unsigned refuses_percent = 0;
  unsigned posts = 0;
  std::map<std::string, unsigned> told;  // version to how often it was taken

 private:
  seeded_random& random_;
};

protocol::request request_for(operation_id operation, const std::string& name,
                              protocol::request_body body = {}) {
  protocol::request r;
  r.operation = operation;
  r.name = name;
  r.body = std::move(body);
  return r;
}

protocol::request_body a_value() {
  protocol::set_secret body;
  body.value = crypto::secret_bytes::copy_of(as_bytes(std::string_view{"v"}));
  return body;
}

// Until it is answered.
// The version that was made; empty: it was refused.
std::string set(world& w, const std::string& name) {
  const auto o = call(w, vault, request_for(operation_id::secret_set, name, a_value()));
  if (!o.ok()) return {};
  return std::get<regions::secret_answer>(std::get<regions::verdict>(o.reply->answer))
      .secret->properties.version;
}

std::size_t count_deleted(world& w) {
  const auto o = call(
      w, vault,
      request_for(operation_id::secret_list_deleted, "", protocol::page_request{25, "", false}));
  BOOST_REQUIRE(o.ok());
  return std::get<regions::secret_page>(std::get<regions::verdict>(o.reply->answer)).items.size();
}

fault advance(std::int64_t seconds) {
  fault f;
  f.kind = fault_kind::clock_advance;
  f.seconds = seconds;
  return f;
}

fault down() {
  fault f;
  f.kind = fault_kind::region_down;
  f.region = "eastus2";
  return f;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(passing_time)

BOOST_AUTO_TEST_CASE(what_is_due_happens_as_soon_as_the_clock_is_advanced) {
  world w{1};
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 5s));
  // More than are asked for at once.
  const std::size_t count = regions::due_at_once + 20;
  for (std::size_t i = 0; i < count; ++i) {
    const auto name = "s" + std::to_string(i);
    BOOST_REQUIRE(!set(w, name).empty());
    BOOST_REQUIRE(call(w, vault, request_for(operation_id::secret_delete, name)).ok());
  }
  w.faults().begin(advance(89 * 86'400));
  w.run_for(2s);
  BOOST_TEST(count_deleted(w) == 25u);
  w.faults().begin(advance(2 * 86'400));
  w.run_for(2s);
  BOOST_TEST(count_deleted(w) == 0u);
}

BOOST_AUTO_TEST_CASE(what_became_due_while_the_region_was_down_happens_when_it_is_back) {
  world w{2};
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 5s));
  BOOST_REQUIRE(!set(w, "s").empty());
  BOOST_REQUIRE(call(w, vault, request_for(operation_id::secret_delete, "s")).ok());
  w.run_for(1s);  // the copy follows
  w.faults().begin(down());
  const auto away = [&] { return w.route("demo").route.mode == regions::vault_mode::read_only; };
  BOOST_REQUIRE(w.run_until(away, 20s));
  w.faults().begin(advance(100 * 86'400));
  w.run_for(5s);
  BOOST_TEST(count_deleted(w) == 1u);  // a copy purges nothing
  w.faults().end(down());
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 60s));
  w.run_for(2s);
  BOOST_TEST(count_deleted(w) == 0u);
}

BOOST_AUTO_TEST_CASE(each_version_is_told_once_while_nothing_fails) {
  world w{3, listening};
  fake_courier courier{w.random()};
  w.listen(courier);
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 5s));
  std::set<std::string> made;
  for (int i = 0; i < 10; ++i) made.insert(set(w, "s" + std::to_string(i % 3)));
  w.run_for(1s);
  BOOST_TEST(courier.told.size() == made.size());
  for (const auto& [version, times] : courier.told) {
    BOOST_TEST(made.contains(version));
    BOOST_TEST(times == 1u);
  }
  const auto posts = courier.posts;
  w.restart();
  w.run_for(5min);
  BOOST_TEST(courier.posts == posts);
}

// At least once, through crashes, the loss of the region and a listener that takes half.
BOOST_DATA_TEST_CASE(nothing_goes_untold, boost::unit_test::data::xrange(20), seed) {
  world w{static_cast<std::uint64_t>(20'000 + seed), listening};
  fake_courier courier{w.random()};
  courier.refuses_percent = 50;
  w.listen(courier);
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 5s));
  std::set<std::string> made;
  const auto write_some = [&] {
    for (int i = 0; i < 5; ++i) made.insert(set(w, "s" + std::to_string(i)));
  };
  write_some();
  fault crash;
  crash.kind = fault_kind::component_crash;
  crash.region = "eastus2";
  crash.component = regions::component::vault;
  crash.vault = "demo";
  w.faults().begin(crash);
  write_some();
  w.restart();
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 30s));
  write_some();
  w.faults().begin(down());
  const auto away = [&] { return w.route("demo").route.mode == regions::vault_mode::read_only; };
  BOOST_REQUIRE(w.run_until(away, 20s));
  w.run_for(1s);  // what was posted before has been heard
  const auto posts = courier.posts;
  w.run_for(10min);
  BOOST_TEST(courier.posts == posts, "a copy tells nothing");
  w.faults().end(down());
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 60s));
  write_some();
  courier.refuses_percent = 0;
  w.run_for(10min);
  made.erase("");
  BOOST_TEST(made.size() >= 15u);
  for (const auto& version : made) BOOST_TEST(courier.told.contains(version), version);
}

BOOST_AUTO_TEST_SUITE_END()
