#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/wall_clock.hpp"
#include "regions/failover/timings.hpp"

namespace twinkeep::actors {

enum class event_kind {
  region_suspected,
  region_recovered,
  failed_over,
  region_lost,
  region_returning,
  failed_back,
  zone_out,
  zone_in,
  quorum_lost,
  quorum_gained,
  hsm_out,
  hsm_in,
  component_restarted,
  private_endpoint_reestablished,
  drill_started,
  drill_ended,
  audit_failing,  // a write did, or there is no room and the log is required
  audit_lost,     // lines are dropped
  audit_restored,
};
[[nodiscard]] std::string_view to_string(event_kind kind);

// A change that an operator wants to know of, with what it cost.
struct event {
  std::uint64_t sequence = 0;
  std::int64_t time_ms = 0;  // Unix time
  event_kind kind = event_kind::region_suspected;
  std::string region;
  unsigned zone = 0;  // 0: not about a zone
  std::string detail;
  std::optional<regions::duration> took;       // from the cause to the change
  std::optional<std::uint64_t> lag_revisions;  // how far behind the secondary was
};

// The last events, oldest first: GET /v1/events. Each is also handed to the sinks (log line,
// metric) as it is recorded. Thread-safe.
class event_log {
 public:
  static constexpr std::size_t kept = 1000;
  using sink = std::function<void(const event&)>;

  explicit event_log(const wall_clock& clock) : clock_(clock) {}
  void add_sink(sink s);  // before anything is recorded
  void record(event e);   // fills in sequence and time
  [[nodiscard]] std::vector<event> since(std::uint64_t sequence) const;

 private:
  const wall_clock& clock_;
  std::vector<sink> sinks_;
  mutable std::mutex mutex_;
  std::deque<event> events_;
  std::uint64_t next_ = 1;
};

}  // namespace twinkeep::actors
