#include "regions/store/rocksdb_store.hpp"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "regions/store/store_codec.hpp"

namespace twinkeep::regions {

namespace {

rocksdb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}

rocksdb::Slice slice(const record_value& value) {
  return slice(as_text(*value));
}

}  // namespace

store_error to_store_error(const rocksdb::Status& status, const std::string& path) {
  const bool corrupt = status.IsCorruption() || status.IsPathNotFound();
  return {corrupt ? store_error_code::corrupt : store_error_code::io,
          path + ": " + status.ToString()};
}

// Reads that must agree with each other while an append goes on beside them.
class rocksdb_store::view {
 public:
  explicit view(const rocksdb_store& store)
      : store_(store), pinned_(store.db_.get()), log_(make_reader()) {
    options_.snapshot = pinned_.snapshot();
  }

  [[nodiscard]] store_outcome<std::string> get(std::string_view key) const {
    std::string value;
    const auto status = store_.db_->Get(options_, slice(key), &value);
    if (status.IsNotFound()) return std::string{};
    if (!status.ok()) return failure{store_.error(status)};
    return value;
  }

  [[nodiscard]] store_outcome<log_bounds> bounds(std::string_view origin) const {
    const auto bytes = get(codec::bounds_key(origin));
    if (!bytes.ok()) return failure{bytes.error()};
    if (bytes->empty()) return log_bounds{};
    const auto read = codec::read_bounds(*bytes);
    if (!read) return failure{store_.damaged("the position of " + std::string{origin})};
    return *read;
  }

  [[nodiscard]] store_outcome<epoch> epoch_at(std::string_view origin, revision at) const {
    const auto bytes = get(codec::log_key(origin, at));
    if (!bytes.ok()) return failure{bytes.error()};
    const auto read = codec::read_entry_epoch(*bytes);
    if (!read) return failure{store_.damaged("log entry " + std::to_string(at.value))};
    return *read;
  }

  // Calls `visit` with what follows the prefix, and the value, from `first` on, until it answers
  // false.
  template <class Visitor>
  [[nodiscard]] store_outcome<void> scan(std::string_view prefix, std::string_view first,
                                         Visitor visit) const {
    const auto end = codec::end_of(prefix);
    const auto bound = slice(end);
    auto options = options_;
    options.iterate_upper_bound = &bound;
    const std::unique_ptr<rocksdb::Iterator> it{store_.db_->NewIterator(options)};
    for (it->Seek(slice(first)); it->Valid(); it->Next()) {
      if (!visit(it->key().ToStringView().substr(prefix.size()), it->value().ToStringView())) break;
    }
    if (!it->status().ok()) return failure{store_.error(it->status())};
    return {};
  }

  [[nodiscard]] const log_reader& log() const { return log_; }

 private:
  log_reader make_reader() {
    return {[this](std::string_view origin) { return bounds(origin); },
            [this](std::string_view origin, revision at) { return epoch_at(origin, at); }};
  }

  const rocksdb_store& store_;
  rocksdb::ManagedSnapshot pinned_;
  rocksdb::ReadOptions options_;
  log_reader log_;
};

rocksdb_store::rocksdb_store(std::unique_ptr<rocksdb::DB> db, std::string path,
                             std::size_t retained, std::shared_ptr<std::atomic<bool>> found_corrupt)
    : db_(std::move(db)),
      path_(std::move(path)),
      retained_(retained),
      found_corrupt_(std::move(found_corrupt)) {}

rocksdb_store::~rocksdb_store() = default;

store_error rocksdb_store::error(const rocksdb::Status& status) const {
  auto e = to_store_error(status, path_);
  if (e.code == store_error_code::corrupt) *found_corrupt_ = true;
  return e;
}

store_error rocksdb_store::damaged(const std::string& what) const {
  *found_corrupt_ = true;
  return {store_error_code::corrupt, path_ + ": " + what + " is missing or damaged"};
}

// After a failed sync the kernel may have dropped what it could not write and report the next sync
// as successful: nothing more may be acknowledged by this store until it has been read anew.
store_outcome<void> rocksdb_store::check_usable() const {
  if (!failed_) return {};
  return failure{store_error{store_error_code::io, path_ + ": lost after a failed write"}};
}

store_outcome<void> rocksdb_store::write(rocksdb::WriteBatch& changes) {
  rocksdb::WriteOptions options;
  options.sync = true;
  const auto status = db_->Write(options, &changes);
  if (status.ok()) return {};
  failed_ = true;
  return failure{error(status)};
}

store_outcome<void> rocksdb_store::append(std::span<const batch_ptr> batches) {
  if (auto usable = check_usable(); !usable.ok()) return usable;
  const view now{*this};
  const auto fresh = plan_append(batches, now.log());
  if (!fresh.ok()) return failure{fresh.error()};
  if (fresh->empty()) return {};
  rocksdb::WriteBatch changes;
  std::map<std::string_view, log_bounds> bounds;
  std::map<std::pair<std::string_view, std::uint64_t>, epoch> fresh_epochs;
  for (const auto& b : *fresh) {
    if (!bounds.contains(b->origin)) {
      const auto stored = now.bounds(b->origin);
      if (!stored.ok()) return failure{stored.error()};
      bounds[b->origin] = *stored;
    }
    for (const auto& change : b->changes) {
      const auto key = codec::record_key(b->origin, b->vault, change.key);
      const auto status =
          change.value ? changes.Put(key, slice(change.value)) : changes.Delete(key);
      if (!status.ok()) return failure{error(status)};
    }
    if (const auto status =
            changes.Put(codec::log_key(b->origin, b->at.revision), codec::write_entry(*b));
        !status.ok()) {
      return failure{error(status)};
    }
    bounds[b->origin].end = b->at;
    fresh_epochs[{b->origin, b->at.revision.value}] = b->at.epoch;
  }
  for (auto& [origin, ends] : bounds) {
    while (ends.end.revision.value - ends.cut.revision.value > retained_) {
      const auto leaving = ends.cut.revision.next();
      const auto known = fresh_epochs.find({origin, leaving.value});
      const auto its_epoch = known != fresh_epochs.end() ? store_outcome<epoch>{known->second}
                                                         : now.epoch_at(origin, leaving);
      if (!its_epoch.ok()) return failure{its_epoch.error()};
      if (const auto status = changes.Delete(codec::log_key(origin, leaving)); !status.ok()) {
        return failure{error(status)};
      }
      ends.cut = {*its_epoch, leaving};
    }
    if (const auto status = changes.Put(codec::bounds_key(origin), codec::write_bounds(ends));
        !status.ok()) {
      return failure{error(status)};
    }
  }
  return write(changes);
}

store_outcome<std::vector<std::string>> rocksdb_store::origins() const {
  std::vector<std::string> names;
  const auto scanned = view{*this}.scan(codec::bounds_prefix, codec::bounds_prefix,
                                        [&](std::string_view origin, std::string_view) {
                                          names.emplace_back(origin);
                                          return true;
                                        });
  if (!scanned.ok()) return failure{scanned.error()};
  return names;
}

store_outcome<log_position> rocksdb_store::position(std::string_view origin) const {
  const auto bounds = view{*this}.bounds(origin);
  if (!bounds.ok()) return failure{bounds.error()};
  return bounds->end;
}

store_outcome<std::vector<batch_ptr>> rocksdb_store::changes_since(std::string_view origin,
                                                                   log_position after,
                                                                   std::size_t max_batches) const {
  const view now{*this};
  if (auto reaches = check_reaches(origin, after, now.log()); !reaches.ok()) {
    return failure{reaches.error()};
  }
  const auto bounds = now.bounds(origin);
  if (!bounds.ok()) return failure{bounds.error()};
  const auto available = bounds->end.revision.value - after.revision.value;
  const auto wanted = std::min<std::uint64_t>(std::max<std::size_t>(max_batches, 1), available);
  std::vector<batch_ptr> found;
  if (wanted == 0) return found;
  const auto prefix = codec::log_prefix(origin);
  auto expected = after.revision.next();
  const auto first = codec::log_key(origin, expected);
  bool intact = true;
  const auto scanned = now.scan(prefix, first, [&](std::string_view, std::string_view entry) {
    auto read = codec::read_entry(origin, expected, entry);
    intact = read.has_value();
    if (!intact) return false;
    found.push_back(std::make_shared<const batch>(std::move(*read)));
    expected = expected.next();
    return found.size() < wanted;
  });
  if (!scanned.ok()) return failure{scanned.error()};
  // An entry that is missing in between would put the last one at the wrong revision.
  if (!intact || found.size() < wanted) {
    return failure{damaged("log entry " + std::to_string(expected.value))};
  }
  return found;
}

store_outcome<std::vector<record_change>> rocksdb_store::load(std::string_view origin,
                                                              std::string_view vault) const {
  std::vector<record_change> records;
  const auto prefix = codec::vault_prefix(origin, vault);
  const auto scanned =
      view{*this}.scan(prefix, prefix, [&](std::string_view key, std::string_view value) {
        records.push_back({std::string{key}, codec::to_value(value)});
        return true;
      });
  if (!scanned.ok()) return failure{scanned.error()};
  return records;
}

store_outcome<store_snapshot> rocksdb_store::snapshot(std::string_view origin) const {
  const view now{*this};
  const auto bounds = now.bounds(origin);
  if (!bounds.ok()) return failure{bounds.error()};
  store_snapshot s{bounds->end, {}};
  const auto prefix = codec::origin_prefix(origin);
  const auto scanned = now.scan(prefix, prefix, [&](std::string_view name, std::string_view value) {
    const auto end_of_vault = name.find('\0');
    s.records.push_back({std::string{name.substr(0, end_of_vault)},
                         std::string{name.substr(end_of_vault + 1)}, codec::to_value(value)});
    return true;
  });
  if (!scanned.ok()) return failure{scanned.error()};
  return s;
}

store_outcome<void> rocksdb_store::install(std::string_view origin, const store_snapshot& s) {
  if (auto usable = check_usable(); !usable.ok()) return usable;
  rocksdb::WriteBatch changes;
  rocksdb::Status status;
  for (const auto& prefix : {codec::origin_prefix(origin), codec::log_prefix(origin)}) {
    if (status.ok()) status = changes.DeleteRange(prefix, codec::end_of(prefix));
  }
  for (const auto& record : s.records) {
    if (!status.ok()) break;
    status = changes.Put(codec::record_key(origin, record.vault, record.key), slice(record.value));
  }
  if (status.ok()) {
    status = changes.Put(codec::bounds_key(origin), codec::write_bounds({s.at, s.at}));
  }
  if (!status.ok()) return failure{error(status)};
  return write(changes);
}

store_outcome<epoch> rocksdb_store::promised() const {
  const auto bytes = view{*this}.get(codec::promised_key);
  if (!bytes.ok()) return failure{bytes.error()};
  if (bytes->empty()) return epoch{};
  const auto read = codec::read_epoch(*bytes);
  if (!read) return failure{damaged("the promised epoch")};
  return *read;
}

store_outcome<void> rocksdb_store::promise(epoch e) {
  if (auto usable = check_usable(); !usable.ok()) return usable;
  const auto current = promised();
  if (!current.ok()) return failure{current.error()};
  if (e <= *current) return {};
  rocksdb::WriteBatch changes;
  const auto status = changes.Put(slice(codec::promised_key), codec::write_epoch(e));
  if (!status.ok()) return failure{error(status)};
  return write(changes);
}

store_outcome<bool> rocksdb_store::admitted() const {
  const auto bytes = view{*this}.get(codec::admitted_key);
  if (!bytes.ok()) return failure{bytes.error()};
  return !bytes->empty();
}

store_outcome<void> rocksdb_store::admit() {
  if (auto usable = check_usable(); !usable.ok()) return usable;
  rocksdb::WriteBatch changes;
  const auto status = changes.Put(slice(codec::admitted_key), "1");
  if (!status.ok()) return failure{error(status)};
  return write(changes);
}

}  // namespace twinkeep::regions
