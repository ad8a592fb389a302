#pragma once

#include <atomic>
#include <chrono>
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

// Another clock, as much later as drills have moved it: what lies months ahead can be rehearsed.
// The offset lives as long as the process. Thread-safe.
class advanced_clock : public wall_clock {
 public:
  explicit advanced_clock(const wall_clock& base) : base_(base) {}
  [[nodiscard]] std::int64_t now_ms() const override;
  // Never beyond `furthest` in all, so that dates keep their four-digit years.
  void advance(std::chrono::seconds by);

  static constexpr std::chrono::seconds furthest = std::chrono::years{1000};

 private:
  const wall_clock& base_;
  std::atomic<std::int64_t> offset_ms_{0};
};

// The system's. The only file that reads it is wall_clock.cpp.
[[nodiscard]] const wall_clock& system_wall_clock();

}  // namespace twinkeep::actors
