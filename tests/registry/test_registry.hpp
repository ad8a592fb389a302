#pragma once

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "regions/registry/decide.hpp"

namespace twinkeep::registry_tests {

namespace management = protocol::management;
using management::operation_id;

inline constexpr std::string_view tenant = "11111111-1111-1111-1111-111111111111";
inline constexpr std::string_view alice = "aaaaaaaa-0000-0000-0000-00000000000a";
inline constexpr std::string_view bob = "bbbbbbbb-0000-0000-0000-00000000000b";

class seeded_random : public crypto::random_source {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (auto& octet : out) octet = static_cast<std::uint8_t>(engine_());
  }

 private:
  std::mt19937_64 engine_{1};
};

// A registry and, beside it, its records as a store would hold them. Does what the actor does:
// decide, seal, commit, apply.
class test_registry {
 public:
  test_registry();

  // Sends one request with an id of its own.
  regions::registry_verdict send(operation_id id, std::string_view vault,
                                 management::request_body body = {}, std::string_view name = {});
  regions::registry_verdict send(regions::registry_request request);
  // The same once more, as after the loss of the registry.
  regions::registry_verdict send_again();
  // What time demands, done; the number of requests that it took.
  std::size_t let_time_pass();
  // Goes on with what the records say.
  void restart();

  [[nodiscard]] regions::vault_resource_ptr find(std::string_view lower_name) const {
    return state.find(lower_name);
  }
  [[nodiscard]] std::vector<std::string> record_keys() const;

  protocol::unix_seconds now = 1'800'000'000;
  std::string group = "rg";
  std::string api_version = "2025-05-01";
  regions::deployment topology;
  regions::registry_state state;

 private:
  seeded_random random_;
  regions::registry_request last_;
  std::string last_id_;
  std::map<std::string, regions::record_value> store_;
};

// What a client sends to make a vault with access policies.
[[nodiscard]] management::vault_input vault_body();
[[nodiscard]] protocol::access_policy policy(std::string_view object,
                                             std::vector<std::string> secrets,
                                             std::vector<std::string> keys = {});

[[nodiscard]] const regions::registry_answer& answer_of(const regions::registry_verdict& verdict);
[[nodiscard]] const management::error& error_of(const regions::registry_verdict& verdict);
void check_refused(const regions::registry_verdict& verdict, management::error_code code,
                   std::string_view part);

}  // namespace twinkeep::registry_tests

BOOST_TEST_DONT_PRINT_LOG_VALUE(twinkeep::protocol::management::error_code)
BOOST_TEST_DONT_PRINT_LOG_VALUE(twinkeep::protocol::connection_status)
