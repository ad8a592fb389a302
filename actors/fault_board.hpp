#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string_view>

#include "regions/failover/fault.hpp"

namespace twinkeep::actors {

// The faults in force. Whoever is started again asks it, so that a zone that a drill took down
// stays down even if its region or the supervisor crashes meanwhile. Thread-safe.
class fault_board {
 public:
  void add(const regions::fault& f);
  void remove(const regions::fault& f);
  [[nodiscard]] bool region_down(std::string_view region) const;
  [[nodiscard]] bool zone_down(std::string_view region, unsigned zone) const;
  [[nodiscard]] bool hsm_down(std::string_view region, unsigned zone) const;
  [[nodiscard]] bool link_cut(std::string_view from, std::string_view to) const;
  // Whether this request to the vault is to be answered with 429. Of the requests asked about, the
  // drill's share is, spread evenly and without chance: the rest of each division is carried on
  // (error diffusion). Of two drills on one vault the greater share counts. Costs one load while
  // there is no such drill.
  [[nodiscard]] bool throttles(std::string_view vault) {
    return throttled_.load(std::memory_order_relaxed) != 0 && is_next_throttled(vault);
  }

 private:
  template <class Predicate>
  bool any(Predicate matches) const;
  [[nodiscard]] bool is_next_throttled(std::string_view vault);
  mutable std::mutex mutex_;
  std::multiset<regions::fault> active_;  // two drills may hold the same thing down
  std::atomic<unsigned> throttled_{0};    // how many of them throttle a vault
  std::map<std::string, std::uint32_t, std::less<>> carried_;  // vault to what is left over
};

}  // namespace twinkeep::actors
