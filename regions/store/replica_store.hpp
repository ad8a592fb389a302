#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.hpp"
#include "regions/store/batch.hpp"

namespace twinkeep::regions {

enum class store_error_code {
  io,              // a write, sync or read failed: the zone is lost until it is opened again
  corrupt,         // the content cannot be trusted: the zone must be refilled from its peers
  gap,             // the log no longer reaches back to the asked position, or never held it
  out_of_order,    // an append that does not follow the log's end: a bug in the caller
  unknown_format,  // written by a version that this one does not know; must not be touched
  locked,          // another process has it
  closed,
};
struct store_error {
  store_error_code code;
  std::string message;  // names the path, never a record's content
};
template <class T>
using store_outcome = result<T, store_error>;

// All records of one origin at a position of its log. Sorted by vault, then key.
struct snapshot_record {
  std::string vault;
  std::string key;
  record_value value;
};
struct store_snapshot {
  log_position at;
  std::vector<snapshot_record> records;
};

// PORT: one zone's disk. Holds, for each origin region (the own region and, in a paired region,
// the primary whose changes it copies), the current records and the tail of the log that led to
// them. append, install, promise and admit have one caller at a time; reads may run beside them.
class replica_store {
 public:
  virtual ~replica_store() = default;

  // Appends batches, in order, atomically, and returns when they are on disk. Each must follow
  // its origin's log (revision + 1, epoch not lower); one that the log holds already (same origin,
  // revision and epoch) is skipped, so that a repeated append is harmless.
  virtual store_outcome<void> append(std::span<const batch_ptr> batches) = 0;

  [[nodiscard]] virtual store_outcome<std::vector<std::string>> origins() const = 0;
  // {0, 0} for an origin that it does not know.
  [[nodiscard]] virtual store_outcome<log_position> position(std::string_view origin) const = 0;
  // Batches after `after`, at most `max_batches` (at least one if there is one). Gap: the log was
  // cut behind `after`, or its entry at that revision is of another epoch (the logs diverged).
  [[nodiscard]] virtual store_outcome<std::vector<batch_ptr>> changes_since(
      std::string_view origin, log_position after, std::size_t max_batches) const = 0;

  // One vault's records, sorted by key.
  [[nodiscard]] virtual store_outcome<std::vector<record_change>> load(
      std::string_view origin, std::string_view vault) const = 0;
  [[nodiscard]] virtual store_outcome<store_snapshot> snapshot(std::string_view origin) const = 0;
  // Replaces everything of the origin, log included, atomically and durably.
  virtual store_outcome<void> install(std::string_view origin, const store_snapshot& s) = 0;

  // The highest epoch this replica has promised to take part in: durable before an epoch is used,
  // so that no two epochs of one region share a number.
  [[nodiscard]] virtual store_outcome<epoch> promised() const = 0;
  virtual store_outcome<void> promise(epoch e) = 0;
  // A replica counts for a quorum only once admitted: a blank disk (new, or wiped) must first be
  // filled, or it could outvote the replica that holds the last acknowledged write.
  [[nodiscard]] virtual store_outcome<bool> admitted() const = 0;
  virtual store_outcome<void> admit() = 0;
};

// PORT: where a deployment's disks are. A zone is named by its number within the region, from 1.
class store_medium {
 public:
  virtual ~store_medium() = default;
  virtual store_outcome<std::unique_ptr<replica_store>> open(std::string_view region,
                                                             unsigned zone) = 0;
  // Makes the zone's disk blank; what was there is gone (wiped disk) or set aside (corrupt one).
  // Precondition: the store is not open.
  virtual store_outcome<void> wipe(std::string_view region, unsigned zone) = 0;
};

// How many batches a log keeps at least; older ones are cut and replaced by snapshots.
inline constexpr std::size_t default_retained_batches = 20'000;

}  // namespace twinkeep::regions
