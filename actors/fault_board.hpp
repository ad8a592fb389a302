#pragma once

#include <atomic>
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
  [[nodiscard]] bool link_cut(std::string_view from, std::string_view to) const;

 private:
  template <class Predicate>
  bool any(Predicate matches) const;
  mutable std::mutex mutex_;
  std::multiset<regions::fault> active_;  // two drills may hold the same thing down
};

}  // namespace twinkeep::actors
