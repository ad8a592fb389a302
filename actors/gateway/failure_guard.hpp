#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "regions/limits/failures.hpp"

namespace twinkeep::actors {

// Limits on failed authentication, shared by all loops: failures are few, so they may lock. While
// nobody is refused, asking takes no lock.
class failure_guard {
 public:
  failure_guard(const regions::failure_limits& limits, crypto::random_source& random)
      : names(random), counts_(limits) {}

  const regions::failure_names names;

  // Whole seconds until who it is may try again. Nothing: now.
  [[nodiscard]] std::optional<unsigned> refused_for(const regions::suspect& who);
  void failed(const regions::suspect& who);

 private:
  using clock = std::chrono::steady_clock;
  std::atomic<clock::rep> somebody_until_{clock::time_point::min().time_since_epoch().count()};
  std::mutex mutex_;
  regions::failure_counts counts_;
};

}  // namespace twinkeep::actors
