#include "actors/gateway/failure_guard.hpp"

#include <algorithm>

namespace twinkeep::actors {

std::optional<unsigned> failure_guard::refused_for(const regions::suspect& who) {
  const auto now = clock::now();
  if (now.time_since_epoch().count() >= somebody_until_.load(std::memory_order_acquire)) {
    return std::nullopt;
  }
  std::lock_guard lock(mutex_);
  return counts_.refused_for(who, now);
}

void failure_guard::failed(const regions::suspect& who) {
  std::lock_guard lock(mutex_);
  const auto until = counts_.failed(who, clock::now());
  if (!until) return;
  // Written under the lock alone, so nothing comes between.
  const auto latest = std::max(until->time_since_epoch().count(), somebody_until_.load());
  somebody_until_.store(latest, std::memory_order_release);
}

}  // namespace twinkeep::actors
