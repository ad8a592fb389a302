#define BOOST_TEST_MODULE twinkeep
#include <boost/test/unit_test.hpp>
