#pragma once

#include <optional>

#include "regions/failover/timings.hpp"

namespace twinkeep::regions {

// The right to acknowledge a client's mutation, for a short time. Only a lease_keeper makes one,
// and only a serving primary has a lease_keeper: admission to read-only vaults is refused by type
// as well as by the operation table.
class write_lease {
 public:
  [[nodiscard]] bool valid_at(instant now) const { return now < until_; }

 private:
  friend class lease_keeper;
  explicit write_lease(instant until) : until_(until) {}
  instant until_;
};

// Kept by a primary. The supervisor's answer to a heartbeat extends it, counted from the moment at
// which the heartbeat was SENT: the supervisor declares a region down no earlier than detect_after
// from when it was received, and lease < detect_after, so a region that was frozen and thaws finds
// its lease gone before its vaults are served elsewhere.
class lease_keeper {
 public:
  void granted(instant heartbeat_sent, duration length) {
    if (heartbeat_sent + length > until_) until_ = heartbeat_sent + length;
  }
  void revoke() { until_ = instant::min(); }
  [[nodiscard]] std::optional<write_lease> lease(instant now) const {
    if (now >= until_) return std::nullopt;
    return write_lease{until_};
  }

 private:
  instant until_ = instant::min();
};

}  // namespace twinkeep::regions
