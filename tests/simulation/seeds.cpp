#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/simulation/clients.hpp"

// DESIGN section 7, invariants 1 to 7, under faults that the seed chooses.

using namespace twinkeep;
using namespace twinkeep::simulation;
using namespace std::chrono_literals;
using regions::component;
using regions::fault;
using regions::fault_kind;

namespace {

const std::string home = "eastus2";
const std::string pair = "centralus";

fault random_fault(seeded_random& random) {
  fault f;
  f.region = random.chance(75) ? home : pair;
  const auto zone = static_cast<unsigned>(1 + random.below(3));
  switch (random.below(10)) {
    case 0:
      f.kind = fault_kind::region_down;
      break;
    case 1:
      f.kind = fault_kind::region_frozen;
      break;
    case 2:
      f.kind = fault_kind::zone_down;
      f.zone = zone;
      break;
    case 3:
      f.kind = fault_kind::zone_frozen;
      f.zone = zone;
      break;
    case 4:
      f.kind = fault_kind::zone_wiped;
      f.zone = zone;
      break;
    case 5:
      f.kind = fault_kind::link_cut;
      f.region.clear();
      f.from = home;
      f.to = pair;
      break;
    case 6:
      f.kind = fault_kind::fsync_error;
      f.zone = zone;
      break;
    default:
      f.kind = fault_kind::component_crash;
      f.component = static_cast<component>(random.below(5));
      if (f.component == component::vault) {
        f.vault = random.chance(70) ? "demo" : regions::registry_name(f.region);
      }
      if (f.component == component::zone) f.zone = zone;
      if (f.component == component::supervisor) f.region.clear();
      break;
  }
  return f;
}

// A write is refused only where a region is lost: every other single fault goes unnoticed.
bool loses_region(const fault& f) {
  return f.kind == fault_kind::region_down || f.kind == fault_kind::region_frozen;
}

void recover(world& w, workload& clients) {
  w.faults().end_all();
  clients.reads_must_succeed = false;
  clients.writes_must_succeed = false;
  clients.pause();
  clients.run_for(0ms);
  BOOST_REQUIRE_MESSAGE(w.run_until([&] { return w.healthy(); }, 60s), "never healthy again");
  w.run_for(1s);  // what the status says is some heartbeats old
  clients.resume();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(seeds)

// One fault after another, each of them over before the next: no read may fail, and no write but
// where a region is lost.
BOOST_DATA_TEST_CASE(single_faults, boost::unit_test::data::xrange(120), seed) {
  world w{static_cast<std::uint64_t>(seed)};
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 5s));
  workload clients{w, "demo", 3};
  clients.run_for(300ms);
  for (int round = 0; round < 4 && clients.broken().empty(); ++round) {
    const auto f = random_fault(w.random());
    BOOST_TEST_CONTEXT("fault " << regions::describe(f)) {
      clients.reads_must_succeed = true;
      clients.writes_must_succeed = !loses_region(f);
      w.faults().begin(f);
      clients.run_for(w.random().between(200ms, 6s));
      w.faults().end(f);
      // Failing back takes a while; neither may that fail a read.
      clients.run_for(w.random().between(0ms, 8s));
      BOOST_TEST(clients.broken() == "");
      recover(w, clients);
      clients.check_everything();
      BOOST_TEST(clients.broken() == "");
    }
  }
  BOOST_TEST(clients.writes_acknowledged() > 20U);
}

// Faults upon faults, crashes of everything: requests may fail, but nothing acknowledged is lost,
// nothing goes backwards, and no answer comes twice or late. One disk at most is blank at a time.
BOOST_DATA_TEST_CASE(many_faults, boost::unit_test::data::xrange(120), seed) {
  world w{static_cast<std::uint64_t>(10'000 + seed)};
  BOOST_REQUIRE(w.run_until([&] { return w.healthy(); }, 5s));
  workload clients{w, "demo", 3};
  for (int round = 0; round < 2 && clients.broken().empty(); ++round) {
    bool may_wipe = true;
    for (int i = 0; i < 6 && clients.broken().empty(); ++i) {
      const auto f = random_fault(w.random());
      if (f.kind == fault_kind::zone_wiped && !std::exchange(may_wipe, false)) continue;
      BOOST_TEST_MESSAGE("fault " << regions::describe(f));
      w.faults().begin(f);
      clients.run_for(w.random().between(0ms, 2s));
      if (w.random().chance(50)) w.faults().end(f);
      if (w.random().chance(5)) {
        clients.pause();
        clients.run_for(0ms);
        clients.resume();
        w.restart();
      }
    }
    BOOST_TEST(clients.broken() == "");
    recover(w, clients);
    clients.check_everything();
    BOOST_TEST(clients.broken() == "");
  }
}

BOOST_AUTO_TEST_SUITE_END()
