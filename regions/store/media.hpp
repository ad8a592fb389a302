#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "regions/store/replica_store.hpp"

namespace twinkeep::regions {

// In memory; survives closing and reopening as a disk would, and ends with the medium.
[[nodiscard]] std::unique_ptr<store_medium> make_memory_medium(
    std::size_t retained_batches = default_retained_batches);

// RocksDB below `directory`/<region>/zone-<n>.
[[nodiscard]] std::unique_ptr<store_medium> make_rocksdb_medium(
    std::filesystem::path directory, std::size_t retained_batches = default_retained_batches);
// The same, with regions whose three stores are elsewhere: directly below their own directory.
using region_directories = std::map<std::string, std::filesystem::path, std::less<>>;
[[nodiscard]] std::unique_ptr<store_medium> make_rocksdb_medium(
    std::filesystem::path directory, region_directories exceptions,
    std::size_t retained_batches = default_retained_batches);

// What can be wrong with one zone's disk. Set by drills and simulations while the store is used.
struct disk_faults {
  std::atomic<bool> fail_sync{false};             // append, install, promise, admit fail (io)
  std::atomic<bool> written_all_the_same{false};  // ... but the data did reach the disk
  std::atomic<bool> fail_reads{false};
  std::atomic<bool> corrupt{false};  // open and reads answer `corrupt`, until wiped
  std::atomic<std::chrono::milliseconds> slow{std::chrono::milliseconds{0}};  // each write
};

// A medium whose disks can be made to fail. `delay` carries out a slow disk's wait, because only
// the shell may wait; empty: slowness is ignored.
class faulty_medium : public store_medium {
 public:
  explicit faulty_medium(std::unique_ptr<store_medium> inner,
                         std::function<void(std::chrono::milliseconds)> delay = {});
  ~faulty_medium() override;
  // The switches of a zone's disk; they stay valid as long as the medium.
  [[nodiscard]] disk_faults& faults(std::string_view region, unsigned zone);
  store_outcome<std::unique_ptr<replica_store>> open(std::string_view region,
                                                     unsigned zone) override;
  store_outcome<void> wipe(std::string_view region, unsigned zone) override;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace twinkeep::regions
