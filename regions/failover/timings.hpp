#pragma once

#include <algorithm>
#include <chrono>

namespace twinkeep::regions {

using namespace std::chrono_literals;

// The topology's clock: steady in the service, virtual in tests. Never read here, always passed.
using instant = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;

struct failover_timings {
  duration heartbeat_every = 250ms;
  unsigned suspect_after_missed = 2;  // heartbeats
  duration detect_after = 3s;         // silence after which a region is declared down
  duration lease = 2s;                // a primary's right to acknowledge writes; < detect_after
  duration hedge_after = 50ms;        // an unanswered read of a suspected region is tried elsewhere
  duration zone_timeout = 1s;         // a zone that does not answer for so long is lost
  duration failback_after = 5s;       // how long a returned region must be stable
  duration private_endpoint_reestablish_after = 20s;
  duration replicate_every = 100ms;  // pause between pulls that found nothing new

  [[nodiscard]] duration suspect_after() const { return heartbeat_every * suspect_after_missed; }
  // Before the next try, after so many before it that failed in a row: doubled each time, up to 64
  // heartbeats.
  [[nodiscard]] duration pause_after(unsigned failures) const {
    return heartbeat_every * (1u << std::min(failures, 6u));
  }
};

// failover.profile = "azure": the minutes that Azure documents, for drills that feel like Azure.
[[nodiscard]] failover_timings azure_timings();

}  // namespace twinkeep::regions
