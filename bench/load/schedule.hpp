#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace twinkeep::load {

using clock = std::chrono::steady_clock;
using instant = clock::time_point;
using std::chrono::nanoseconds;

enum class arrivals { fixed, poisson };

// When an open loop's requests are meant to be sent, whatever became of the earlier ones.
class schedule {
 public:
  // `rate` requests a second, the first at `start` (fixed) or at random after it (Poisson).
  schedule(double rate, arrivals kind, instant start, std::uint64_t seed);
  [[nodiscard]] instant next() const { return next_; }
  void advance();

 private:
  void place(double offset_ns);

  double interval_ns_;
  arrivals kind_;
  instant start_;
  std::mt19937_64 random_;
  std::exponential_distribution<double> gap_{1.0};
  double offset_ns_ = 0;
  std::uint64_t sent_ = 0;
  instant next_;
};

}  // namespace twinkeep::load
