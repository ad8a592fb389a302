#include <boost/test/unit_test.hpp>

#include "regions/failover/private_endpoint.hpp"

namespace twinkeep::regions {

using namespace std::chrono_literals;
using protocol::connection_status;

BOOST_AUTO_TEST_SUITE(private_endpoint)

BOOST_AUTO_TEST_CASE(only_an_approved_one_carries_traffic) {
  const instant now{};
  const auto of = [&](connection_status status) {
    return state_of({status, vault_mode::read_write, {}, false}, 1min, now);
  };
  BOOST_TEST((of(connection_status::approved) == endpoint_state::connected));
  BOOST_TEST((of(connection_status::pending) == endpoint_state::pending));
  BOOST_TEST((of(connection_status::rejected) == endpoint_state::rejected));
  BOOST_TEST((of(connection_status::disconnected) == endpoint_state::disconnected));
}

BOOST_AUTO_TEST_CASE(after_a_failover_it_takes_a_while_to_come_back) {
  const instant moved{1h};
  const auto at = [&](instant now) {
    return state_of({connection_status::approved, vault_mode::read_only, moved, false}, 1min, now);
  };
  BOOST_TEST((at(moved) == endpoint_state::reestablishing));
  BOOST_TEST((at(moved + 1min - 1ns) == endpoint_state::reestablishing));
  BOOST_TEST((at(moved + 1min) == endpoint_state::connected));
  BOOST_TEST((state_of({connection_status::approved, vault_mode::read_only, {}, false}, 1min,
                       moved) == endpoint_state::reestablishing));
  BOOST_TEST((state_of({connection_status::pending, vault_mode::read_only, moved, false}, 1min,
                       moved + 1h) == endpoint_state::pending));
}

BOOST_AUTO_TEST_CASE(what_is_lost_serves_nobody) {
  const instant now{1h};
  BOOST_TEST((state_of({connection_status::approved, vault_mode::unavailable, {}, false}, 0s,
                       now) == endpoint_state::lost));
  BOOST_TEST((state_of({connection_status::approved, vault_mode::read_write, {}, true}, 0s, now) ==
              endpoint_state::lost));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions
