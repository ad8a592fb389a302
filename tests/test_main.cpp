#define BOOST_TEST_MODULE twinkeep
#include <boost/test/unit_test.hpp>

namespace {

// A case that hangs is named before ctest ends the program without a word (TIMEOUT).
struct limit_in_time {
  limit_in_time() {
    boost::unit_test::framework::master_test_suite().p_timeout.value = TWINKEEP_TEST_SECONDS;
  }
};

}  // namespace

BOOST_TEST_GLOBAL_CONFIGURATION(limit_in_time);
