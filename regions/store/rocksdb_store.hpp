#pragma once

#include <rocksdb/db.h>

#include <atomic>
#include <memory>
#include <string>

#include "regions/store/log_rules.hpp"
#include "regions/store/replica_store.hpp"

// Internal to regions/store: the medium is the way in (media.hpp).
namespace twinkeep::regions {

// What RocksDB says, in terms of the port. Its messages name files and offsets, never content.
[[nodiscard]] store_error to_store_error(const rocksdb::Status& status, const std::string& path);

// One zone's disk on an open RocksDB. Every change is one synced WriteBatch, so a change is there
// whole or not at all.
class rocksdb_store : public replica_store {
 public:
  // `found_corrupt` outlives the store and tells the medium to set the directory aside.
  rocksdb_store(std::unique_ptr<rocksdb::DB> db, std::string path, std::size_t retained,
                std::shared_ptr<std::atomic<bool>> found_corrupt);
  ~rocksdb_store() override;
  rocksdb_store(const rocksdb_store&) = delete;
  rocksdb_store& operator=(const rocksdb_store&) = delete;

  store_outcome<void> append(std::span<const batch_ptr> batches) override;
  store_outcome<std::vector<std::string>> origins() const override;
  store_outcome<log_position> position(std::string_view origin) const override;
  store_outcome<std::vector<batch_ptr>> changes_since(std::string_view origin, log_position after,
                                                      std::size_t max_batches) const override;
  store_outcome<std::vector<record_change>> load(std::string_view origin,
                                                 std::string_view vault) const override;
  store_outcome<store_snapshot> snapshot(std::string_view origin) const override;
  store_outcome<void> install(std::string_view origin, const store_snapshot& s) override;
  store_outcome<epoch> promised() const override;
  store_outcome<void> promise(epoch e) override;
  store_outcome<bool> admitted() const override;
  store_outcome<void> admit() override;

 private:
  class view;  // the store at one moment

  [[nodiscard]] store_error error(const rocksdb::Status& status) const;
  [[nodiscard]] store_error damaged(const std::string& what) const;
  [[nodiscard]] store_outcome<void> check_usable() const;
  [[nodiscard]] store_outcome<void> write(rocksdb::WriteBatch& changes);

  std::unique_ptr<rocksdb::DB> db_;
  std::string path_;
  std::size_t retained_;
  std::shared_ptr<std::atomic<bool>> found_corrupt_;
  std::atomic<bool> failed_{false};
};

}  // namespace twinkeep::regions
