#include <boost/test/unit_test.hpp>

#include "tests/simulation/world.hpp"

using namespace twinkeep;
using namespace twinkeep::simulation;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(topology)

BOOST_AUTO_TEST_CASE(a_new_deployment_becomes_healthy_on_blank_disks) {
  world w{1};
  BOOST_TEST(w.run_until([&] { return w.healthy(); }, 3s));
}

BOOST_AUTO_TEST_SUITE_END()
