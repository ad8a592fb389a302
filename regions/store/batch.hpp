#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "crypto/bytes.hpp"

namespace twinkeep::regions {

// Position in a region's sequence of changes: grows by one with each batch, first batch is 1.
struct revision {
  std::uint64_t value = 0;
  [[nodiscard]] revision next() const { return {value + 1}; }
  auto operator<=>(const revision&) const = default;
};

// Counts the times that a region has (re)gained its quorum. A batch carries the epoch it was made
// in: two different batches can share a revision only if their epochs differ, and then the one of
// the lower epoch was never acknowledged.
struct epoch {
  std::uint64_t value = 0;
  auto operator<=>(const epoch&) const = default;
};

// Where a log ends. Of two logs the one with the later epoch, then the later revision, is the one
// that may hold acknowledged batches that the other lacks (as in Raft, §5.4.1).
struct log_position {
  regions::epoch epoch;
  regions::revision revision;
  auto operator<=>(const log_position&) const = default;
};

// A sealed record value, shared by the stores, the vault's memory and the change feed.
using record_value = std::shared_ptr<const bytes>;

struct record_change {
  std::string key;     // within the vault: kind, name, version
  record_value value;  // null: the record is removed
};

// The unit of change: applied whole or not at all. Records are state, not events, so applying a
// batch twice is harmless. A batch without changes only marks the start of an epoch.
struct batch {
  std::string origin;  // the region whose log it belongs to
  log_position at;
  std::string vault;
  std::vector<record_change> changes;
};
using batch_ptr = std::shared_ptr<const batch>;

[[nodiscard]] std::size_t size_in_bytes(const batch& b);

}  // namespace twinkeep::regions
