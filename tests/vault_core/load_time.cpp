#include <boost/test/unit_test.hpp>
#include <chrono>

#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

BOOST_AUTO_TEST_SUITE(load_time)

// A vault is loaded anew when its zone is lost, while its requests wait: a few milliseconds in an
// optimized build. The limit here is a sanitizer build's on a busy machine.
BOOST_AUTO_TEST_CASE(a_thousand_secrets_load_at_once) {
  test_vault vault;
  for (int i = 0; i < 1000; ++i) {
    auto request = set(std::string("secret-").append(std::to_string(i)),
                       "a value of usual length, 0123456789");
    std::get<protocol::set_secret>(request.body).tags = protocol::tag_map{{"owner", "team"}};
    vault.send(request);
  }
  const auto records = vault.records();
  auto best = std::chrono::steady_clock::duration::max();
  for (int run = 0; run < 5; ++run) {
    const auto start = std::chrono::steady_clock::now();
    const auto loaded = regions::load_vault(vault.identity, records);
    best = std::min(best, std::chrono::steady_clock::now() - start);
    BOOST_REQUIRE(loaded.ok());
    BOOST_REQUIRE_EQUAL(loaded->secrets.active.size(), 1000u);
  }
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(best).count();
  BOOST_TEST_MESSAGE("loading 1,000 secrets took " << micros << " us");
  BOOST_TEST(micros < 1'000'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
