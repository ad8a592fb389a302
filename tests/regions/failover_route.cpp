// Where requests go: every pair of phases, and the timings that it rests on.
#include "regions/failover/route.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <ostream>

#include "regions/failover/timings.hpp"
#include "regions/vault/write_lease.hpp"

namespace twinkeep::regions {
inline std::ostream& operator<<(std::ostream& out, vault_mode mode) {
  return out << to_string(mode);
}
}  // namespace twinkeep::regions

namespace twinkeep::regions::tests {

namespace {

using phase = region_phase;
using pair_phase = std::optional<phase>;

constexpr std::array<pair_phase, 6> pair_phases{
    std::nullopt, phase::starting, phase::up, phase::suspected, phase::down, phase::returning};

vault_route route(phase home, pair_phase pair) {
  return choose_route("eastus2", home, "centralus", pair);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(failover_route)

BOOST_AUTO_TEST_CASE(a_home_that_is_not_lost_serves_whatever_its_pair_does) {
  for (const auto home : {phase::starting, phase::up, phase::suspected}) {
    for (const auto pair : pair_phases) {
      const auto r = route(home, pair);
      BOOST_TEST(r.mode == vault_mode::read_write);
      BOOST_TEST(r.serving_region == "eastus2");
    }
  }
}

BOOST_AUTO_TEST_CASE(only_reads_of_a_suspected_home_are_hedged_and_only_at_a_living_pair) {
  for (const auto home :
       {phase::starting, phase::up, phase::suspected, phase::down, phase::returning}) {
    for (const auto pair : pair_phases) {
      const bool living = pair == phase::up || pair == phase::suspected;
      BOOST_TEST(route(home, pair).hedge == (home == phase::suspected && living));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_lost_home_is_served_read_only_by_a_living_pair) {
  for (const auto home : {phase::down, phase::returning}) {
    for (const auto pair : {phase::up, phase::suspected}) {
      const auto r = route(home, pair);
      BOOST_TEST(r.mode == vault_mode::read_only);
      BOOST_TEST(r.serving_region == "centralus");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_lost_home_without_a_living_pair_is_unavailable) {
  for (const auto home : {phase::down, phase::returning}) {
    for (const pair_phase pair : {pair_phase{}, pair_phase{phase::starting},
                                  pair_phase{phase::down}, pair_phase{phase::returning}}) {
      const auto r = route(home, pair);
      BOOST_TEST(r.mode == vault_mode::unavailable);
      BOOST_TEST(r.serving_region == "eastus2");
    }
  }
}

BOOST_AUTO_TEST_CASE(names_of_modes_and_phases) {
  BOOST_TEST(to_string(vault_mode::read_write) == "read_write");
  BOOST_TEST(to_string(vault_mode::read_only) == "read_only");
  BOOST_TEST(to_string(vault_mode::unavailable) == "unavailable");
  BOOST_TEST(to_string(phase::starting) == "starting");
  BOOST_TEST(to_string(phase::returning) == "returning");
}

BOOST_AUTO_TEST_CASE(both_profiles_let_the_lease_run_out_before_the_vaults_move) {
  for (const auto& t : {failover_timings{}, azure_timings()}) {
    BOOST_TEST((t.lease > 2 * t.heartbeat_every));
    BOOST_TEST((t.lease + 2 * t.heartbeat_every < t.detect_after));
    BOOST_TEST((t.suspect_after() < t.detect_after));
  }
}

BOOST_AUTO_TEST_CASE(the_profiles_are_the_documented_ones) {
  const failover_timings fast;
  BOOST_TEST((fast.detect_after == 3s && fast.failback_after == 5s && fast.hedge_after == 50ms));
  const auto azure = azure_timings();
  BOOST_TEST((azure.detect_after >= 1min && azure.failback_after >= 1min));
  BOOST_TEST((azure.private_endpoint_reestablish_after == 20min));
  // Losing a region must cost no read, whatever the profile.
  BOOST_TEST((azure.hedge_after <= 100ms && azure.suspect_after() <= 5s));
}

BOOST_AUTO_TEST_CASE(a_lease_counts_from_the_heartbeat_that_asked_for_it) {
  const instant start{1h};
  lease_keeper keeper;
  BOOST_TEST(!keeper.lease(start).has_value());
  keeper.granted(start, 2s);
  BOOST_TEST(keeper.lease(start + 1999ms).has_value());
  BOOST_TEST(!keeper.lease(start + 2s).has_value());
  const auto lease = keeper.lease(start + 1s);
  BOOST_TEST(lease->valid_at(start + 1999ms));
  BOOST_TEST(!lease->valid_at(start + 2s));
  keeper.granted(start - 1s, 2s);  // an older answer that comes late takes nothing away
  BOOST_TEST(keeper.lease(start + 1999ms).has_value());
  keeper.granted(start + 1s, 2s);
  BOOST_TEST(keeper.lease(start + 2999ms).has_value());
  BOOST_TEST(!lease->valid_at(start + 2s));  // one given out before does not grow
  keeper.revoke();
  BOOST_TEST(!keeper.lease(start).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
