#pragma once

#include <algorithm>

#include "regions/failover/timings.hpp"

namespace twinkeep::regions {

// How long to wait after so many failures in a row before: 1, 2, 4, ... seconds.
[[nodiscard]] constexpr duration growing_pause(unsigned failures_before, duration longest) {
  constexpr unsigned most_doublings = 20;  // days: beyond every longest pause
  return std::min<duration>(std::chrono::seconds{1U << std::min(failures_before, most_doublings)},
                            longest);
}

}  // namespace twinkeep::regions
