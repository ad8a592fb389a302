#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/table.h>

#include <map>
#include <mutex>
#include <utility>

#include "regions/store/media.hpp"
#include "regions/store/rocksdb_store.hpp"
#include "regions/store/store_directory.hpp"
#include "regions/store/wal_tail.hpp"

namespace twinkeep::regions {

namespace {

// Nine stores share one machine, and a vault's content is in memory anyway: small everything.
constexpr std::size_t write_buffer_bytes = 2u << 20;  // what is replayed at most when opening
constexpr std::size_t block_cache_bytes = 16u << 20;  // of all stores together
constexpr std::size_t log_file_bytes = 256u << 10;
constexpr int max_open_files = 64;

rocksdb::Options engine_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::Options options;
  options.paranoid_checks = true;
  // A write-ahead log damaged before its end is an error and not the end of the log: acknowledged
  // batches must not vanish silently.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // A failed sync is final (rocksdb_store::check_usable): no retries behind our back.
  options.max_bgerror_resume_count = 0;
  options.write_buffer_size = write_buffer_bytes;
  options.max_background_jobs = 2;
  options.max_open_files = max_open_files;
  options.max_file_opening_threads = 1;
  options.skip_stats_update_on_db_open = true;
  options.skip_checking_sst_file_sizes_on_db_open = true;
  options.compression = rocksdb::kNoCompression;  // records are ciphertext
  options.keep_log_file_num = 2;
  options.max_log_file_size = log_file_bytes;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

// Whether someone has the store in this directory open, this process included.
bool is_locked(const std::filesystem::path& directory) {
  const auto lock_file = (directory / "LOCK").string();
  auto* env = rocksdb::Env::Default();
  if (!env->FileExists(lock_file).ok()) return false;
  rocksdb::FileLock* lock = nullptr;
  if (!env->LockFile(lock_file, &lock).ok()) return true;
  env->UnlockFile(lock);
  return false;
}

store_error locked(const std::filesystem::path& directory) {
  return {store_error_code::locked,
          directory.string() + ": it is open already, in this process or another"};
}

class rocksdb_medium : public store_medium {
 public:
  rocksdb_medium(std::filesystem::path directory, region_directories exceptions,
                 std::size_t retained)
      : directory_(std::move(directory)), exceptions_(std::move(exceptions)), retained_(retained) {}

  store_outcome<std::unique_ptr<replica_store>> open(std::string_view region,
                                                     unsigned zone) override {
    const auto directory = directory_of(region, zone);
    const auto blank = prepare_directory(directory);
    if (!blank.ok()) return failure{blank.error()};
    auto options = options_;
    options.create_if_missing = *blank;
    const auto mark = corruption_mark(directory);
    rocksdb::DB* db = nullptr;
    auto status = rocksdb::DB::Open(options, directory.string(), &db);
    if (status.IsCorruption() && only_last_append_is_torn(directory)) {
      options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
      status = rocksdb::DB::Open(options, directory.string(), &db);
    }
    if (status.ok()) {
      return std::unique_ptr<replica_store>{std::make_unique<rocksdb_store>(
          std::unique_ptr<rocksdb::DB>{db}, directory.string(), retained_, mark)};
    }
    if (is_locked(directory)) return failure{locked(directory)};
    auto error = to_store_error(status, directory.string());
    // Files that belong together and do not: RocksDB has several names for it.
    if (status.IsInvalidArgument() || status.IsNotFound()) error.code = store_error_code::corrupt;
    *mark = error.code == store_error_code::corrupt;
    return failure{std::move(error)};
  }

  store_outcome<void> wipe(std::string_view region, unsigned zone) override {
    const auto directory = directory_of(region, zone);
    if (is_locked(directory)) return failure{locked(directory)};
    const auto mark = corruption_mark(directory);
    auto cleared = clear_directory(directory, *mark);
    if (cleared.ok()) *mark = false;
    return cleared;
  }

 private:
  [[nodiscard]] std::filesystem::path directory_of(std::string_view region, unsigned zone) const {
    const auto exception = exceptions_.find(region);
    const auto parent = exception == exceptions_.end() ? directory_ / region : exception->second;
    return parent / ("zone-" + std::to_string(zone));
  }

  std::shared_ptr<std::atomic<bool>> corruption_mark(const std::filesystem::path& directory) {
    const std::lock_guard lock{mutex_};
    auto& mark = corruption_marks_[directory];
    if (!mark) mark = std::make_shared<std::atomic<bool>>(false);
    return mark;
  }

  std::filesystem::path directory_;
  region_directories exceptions_;
  std::size_t retained_;
  rocksdb::Options options_ = engine_options(rocksdb::NewLRUCache(block_cache_bytes));
  std::mutex mutex_;
  std::map<std::filesystem::path, std::shared_ptr<std::atomic<bool>>> corruption_marks_;
};

}  // namespace

std::unique_ptr<store_medium> make_rocksdb_medium(std::filesystem::path directory,
                                                  std::size_t retained_batches) {
  return make_rocksdb_medium(std::move(directory), {}, retained_batches);
}

std::unique_ptr<store_medium> make_rocksdb_medium(std::filesystem::path directory,
                                                  region_directories exceptions,
                                                  std::size_t retained_batches) {
  return std::make_unique<rocksdb_medium>(std::move(directory), std::move(exceptions),
                                          retained_batches);
}

}  // namespace twinkeep::regions
