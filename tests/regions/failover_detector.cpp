// The failure detector under a clock of the test's own.
#include <boost/test/unit_test.hpp>
#include <functional>
#include <ostream>

#include "regions/failover/failure_detector.hpp"

namespace twinkeep::regions {
inline std::ostream& operator<<(std::ostream& out, region_phase phase) {
  return out << to_string(phase);
}
}  // namespace twinkeep::regions

namespace twinkeep::regions::tests {

namespace {

using phase = region_phase;

// One region, heard of or not, with the default timings: a beat each 250 ms, suspected after
// 500 ms, down after 3 s, back after 5 s.
struct watched {
  instant now{1h};
  failover_timings timings;
  failure_detector detector{timings, {"eastus2"}, now};
  std::vector<phase_change> changes;

  void beat(bool quorum = true, unsigned zones = 3) {
    detector.observe("eastus2", {quorum, zones, {}}, now);
    advance();
  }
  void advance() {
    for (auto& change : detector.advance(now)) changes.push_back(std::move(change));
  }
  // Silence, looked at once at its end.
  void wait(duration d) {
    now += d;
    advance();
  }
  // Unbroken heartbeats.
  void beat_for(duration d, bool quorum = true) {
    for (const auto end = now + d; now < end;) {
      now += timings.heartbeat_every;
      beat(quorum);
    }
  }
  phase at() const { return detector.phase("eastus2"); }
  void lose() {
    beat();
    wait(3s);
    BOOST_REQUIRE(at() == phase::down);
    changes.clear();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(failover_detector)

BOOST_AUTO_TEST_CASE(the_first_heartbeat_makes_a_region_up) {
  watched r;
  BOOST_TEST(r.at() == phase::starting);
  r.wait(2999ms);
  BOOST_TEST(r.at() == phase::starting);
  r.beat(false, 1);
  BOOST_TEST(r.at() == phase::up);
  BOOST_REQUIRE(r.changes.size() == 1u);
  BOOST_TEST(r.changes[0].from == phase::starting);
  BOOST_TEST(r.changes[0].to == phase::up);
  BOOST_TEST(r.changes[0].region == "eastus2");
}

BOOST_AUTO_TEST_CASE(a_region_never_heard_of_goes_down_in_the_end) {
  watched r;
  r.wait(3s);
  BOOST_TEST(r.at() == phase::down);
}

BOOST_AUTO_TEST_CASE(silence_is_suspicious_and_then_a_loss) {
  watched r;
  r.beat();
  r.changes.clear();
  r.wait(499ms);
  BOOST_TEST(r.at() == phase::up);
  r.wait(1ms);
  BOOST_TEST(r.at() == phase::suspected);
  r.wait(2499ms);
  BOOST_TEST(r.at() == phase::suspected);
  r.wait(1ms);
  BOOST_TEST(r.at() == phase::down);
  BOOST_REQUIRE(r.changes.size() == 2u);
  BOOST_TEST((r.changes[0].took == 500ms));
  BOOST_TEST((r.changes[1].took == 3s));
}

BOOST_AUTO_TEST_CASE(a_look_that_comes_late_tells_both_steps_in_order) {
  watched r;
  r.beat();
  r.changes.clear();
  r.wait(1min);
  BOOST_REQUIRE(r.changes.size() == 2u);
  BOOST_TEST(r.changes[0].to == phase::suspected);
  BOOST_TEST(r.changes[1].from == phase::suspected);
  BOOST_TEST(r.changes[1].to == phase::down);
}

BOOST_AUTO_TEST_CASE(a_heartbeat_clears_a_suspicion) {
  watched r;
  r.beat();
  r.wait(1s);
  BOOST_TEST(r.at() == phase::suspected);
  r.beat(false, 1);  // reads are served: it is not lost
  BOOST_TEST(r.at() == phase::up);
  r.wait(499ms);
  BOOST_TEST(r.at() == phase::up);
}

BOOST_AUTO_TEST_CASE(lost_zones_are_a_lost_region) {
  watched r;
  r.beat();
  for (int i = 0; i < 12; ++i) {
    r.now += 250ms;
    r.beat(false, 0);
  }
  BOOST_TEST(r.at() == phase::down);
}

BOOST_AUTO_TEST_CASE(an_exit_is_suspicious_at_once_but_no_loss_yet) {
  watched r;
  r.beat();
  r.changes.clear();
  r.detector.observe_exit("eastus2", r.now);
  r.advance();
  BOOST_TEST(r.at() == phase::suspected);
  BOOST_TEST(r.changes.size() == 1u);
  r.wait(2999ms);
  BOOST_TEST(r.at() == phase::suspected);
  r.beat();
  BOOST_TEST(r.at() == phase::up);
}

// Heartbeats that waited while the supervisor itself was held up must not look like a loss.
BOOST_AUTO_TEST_CASE(a_held_up_supervisor_sees_no_loss) {
  watched r;
  r.beat();
  r.changes.clear();
  r.now += 1min;
  r.detector.observe("eastus2", {true, 3, {}}, r.now);
  r.advance();
  BOOST_TEST(r.at() == phase::up);
  BOOST_TEST(r.changes.empty());
}

BOOST_AUTO_TEST_CASE(a_lost_region_returns_with_quorum_and_is_up_once_stable) {
  watched r;
  r.lose();
  r.wait(1min);
  r.beat(false, 1);
  BOOST_TEST(r.at() == phase::down);
  r.beat(true, 2);
  BOOST_TEST(r.at() == phase::returning);
  r.beat_for(4750ms);
  BOOST_TEST(r.at() == phase::returning);
  r.beat_for(250ms);
  BOOST_TEST(r.at() == phase::up);
  BOOST_REQUIRE(r.changes.size() == 2u);
  BOOST_TEST((r.changes[0].took == 63s));  // since the last heartbeat before the loss
  BOOST_TEST((r.changes[1].took == 68s));
}

BOOST_AUTO_TEST_CASE(whatever_breaks_the_return_begins_it_anew) {
  const std::vector<std::function<void(watched&)>> breaks{
      [](watched& r) { r.beat(false, 2); },  // quorum lost
      [](watched& r) { r.wait(500ms); },     // silence
      [](watched& r) {                       // silence, noticed by the heartbeat that ends it
        r.now += 500ms;
        r.beat(false, 2);
      },
      [](watched& r) { r.detector.observe_exit("eastus2", r.now), r.advance(); }};
  for (const auto& interrupt : breaks) {
    watched r;
    r.lose();
    r.beat();
    r.beat_for(4750ms);
    interrupt(r);
    BOOST_TEST(r.at() == phase::down);
    r.beat();
    BOOST_TEST(r.at() == phase::returning);
    r.beat_for(4750ms);
    BOOST_TEST(r.at() == phase::returning);
    r.beat_for(250ms);
    BOOST_TEST(r.at() == phase::up);
  }
}

BOOST_AUTO_TEST_CASE(a_late_heartbeat_while_returning_counts_from_itself) {
  watched r;
  r.lose();
  r.beat();
  r.beat_for(4750ms);
  r.now += 600ms;
  r.beat();
  BOOST_TEST(r.at() == phase::returning);
  r.beat_for(4750ms);
  BOOST_TEST(r.at() == phase::returning);
}

BOOST_AUTO_TEST_CASE(a_region_that_falters_while_returning_is_still_the_same_loss) {
  watched r;
  r.lose();
  r.beat();
  r.beat(false, 2);
  r.changes.clear();
  r.now += 1s;
  r.beat();
  r.beat_for(5s);
  BOOST_REQUIRE(r.changes.size() == 2u);
  BOOST_TEST((r.changes[1].took == 9s));
}

BOOST_AUTO_TEST_CASE(regions_are_watched_apart_and_strangers_ignored) {
  const instant start{1h};
  failure_detector detector{{}, {"eastus2", "centralus"}, start};
  detector.observe("centralus", {true, 3, {}}, start);
  detector.observe("mars", {true, 3, {}}, start);
  detector.observe_exit("mars", start);
  detector.resume("mars", phase::up, start);
  BOOST_TEST(detector.advance(start).size() == 1u);
  BOOST_TEST(detector.phase("centralus") == phase::up);
  BOOST_TEST(detector.phase("eastus2") == phase::starting);
  BOOST_TEST(detector.phase("mars") == phase::down);
}

// A supervisor that was restarted must not send requests back to a region that is down.
BOOST_AUTO_TEST_CASE(a_resumed_phase_goes_on_as_if_it_had_been_watched) {
  watched r;
  r.detector.resume("eastus2", phase::down, r.now);
  r.beat();
  BOOST_TEST(r.at() == phase::returning);
  r.beat_for(5s);
  BOOST_TEST(r.at() == phase::up);
  r.detector.resume("eastus2", phase::up, r.now);
  r.wait(499ms);
  BOOST_TEST(r.at() == phase::up);
  r.wait(1ms);
  BOOST_TEST(r.at() == phase::suspected);
}

// A paused machine pauses the supervisor too; what it could not hear was no silence.
BOOST_AUTO_TEST_CASE(what_the_observer_itself_slept_through_is_not_counted) {
  watched region;
  region.beat();
  region.now += 10s;
  region.detector.excuse(10s, region.now);
  region.advance();
  BOOST_TEST(region.detector.phase("eastus2") == phase::up);
  region.wait(3s);
  BOOST_TEST(region.detector.phase("eastus2") == phase::down);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
