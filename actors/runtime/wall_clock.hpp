#pragma once

#include <cstdint>

#include "protocol/attributes.hpp"

namespace twinkeep::actors {

// PORT: civil time, for attributes, tokens, certificates and events. What is measured in durations
// (heartbeats, leases) uses the actors' clock instead.
class wall_clock {
 public:
  virtual ~wall_clock() = default;
  [[nodiscard]] virtual std::int64_t now_ms() const = 0;  // Unix time, milliseconds
  [[nodiscard]] protocol::unix_seconds now() const { return now_ms() / 1000; }
};

// The system's. The only file that reads it is wall_clock.cpp.
[[nodiscard]] const wall_clock& system_wall_clock();

}  // namespace twinkeep::actors
