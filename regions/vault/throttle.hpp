#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "protocol/requests.hpp"
#include "regions/failover/timings.hpp"
#include "regions/vault/vault_state.hpp"

// Azure's limits on requests, per vault and region in 10 seconds (CONTRACT 9.2, LIMITS.md).
namespace twinkeep::regions {

// What requests are counted against. A larger key costs more of its budget: the sum is limited, not
// each size by itself.
enum class budget : std::uint8_t {
  key_create,  // 20 software keys, of whatever type
  key_other,   // 4000 operations with software keys that cost least
  hsm_create,  // 10
  hsm_other,   // 2000
  secret_set,  // 300
  other,       // 4000: everything else
};
inline constexpr std::size_t budget_count = std::size_t(budget::other) + 1;
using request_cost = std::array<unsigned, budget_count>;  // by budget

[[nodiscard]] unsigned limit_of(budget b);

// What a request costs. The vault's state tells the type and size of the key that it names.
[[nodiscard]] request_cost cost_of(const vault_state& vault, const protocol::request& request);

// Counts what a vault admits. Windows follow one another: the first request after a window's end
// begins the next. Only what is admitted counts, so a client that keeps knocking is let in as soon
// as the window is over.
class throttle {
 public:
  static constexpr duration window = std::chrono::seconds{10};

  // Nothing: admitted, and counted. Otherwise the whole seconds, at least one, until it has room.
  [[nodiscard]] std::optional<unsigned> admit(const request_cost& cost, instant now);

 private:
  std::optional<instant> began_;
  request_cost used_{};
};

}  // namespace twinkeep::regions
