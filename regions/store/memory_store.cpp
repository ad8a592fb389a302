#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "regions/store/log_rules.hpp"
#include "regions/store/media.hpp"

namespace twinkeep::regions {

namespace {

using vault_records = std::map<std::string, record_value, std::less<>>;

struct origin_data {
  log_bounds bounds;
  std::deque<batch_ptr> log;  // from bounds.cut.revision + 1 to bounds.end.revision
  std::map<std::string, vault_records, std::less<>> vaults;
};

struct memory_disk {
  mutable std::shared_mutex mutex;
  std::map<std::string, origin_data, std::less<>> origins;
  epoch promised;
  bool admitted = false;
  bool open = false;  // guarded by the medium's mutex
};

void apply(origin_data& data, const batch_ptr& b, std::size_t retained) {
  if (!b->changes.empty()) {
    auto& records = data.vaults[b->vault];
    for (const auto& change : b->changes) {
      if (change.value) {
        records.insert_or_assign(change.key, change.value);
      } else if (const auto it = records.find(change.key); it != records.end()) {
        records.erase(it);
      }
    }
    if (records.empty()) data.vaults.erase(b->vault);
  }
  data.bounds.end = b->at;
  data.log.push_back(b);
  while (data.log.size() > retained) {
    data.bounds.cut = data.log.front()->at;
    data.log.pop_front();
  }
}

class memory_store : public replica_store {
 public:
  memory_store(std::shared_ptr<memory_disk> disk, std::size_t retained, std::function<void()> close)
      : disk_(std::move(disk)), retained_(retained), close_(std::move(close)) {}
  ~memory_store() override { close_(); }
  memory_store(const memory_store&) = delete;
  memory_store& operator=(const memory_store&) = delete;

  store_outcome<void> append(std::span<const batch_ptr> batches) override {
    const std::unique_lock lock{disk_->mutex};
    auto fresh = plan_append(batches, reader());
    if (!fresh.ok()) return failure{fresh.error()};
    for (const auto& b : *fresh) apply(disk_->origins[b->origin], b, retained_);
    return {};
  }

  store_outcome<std::vector<std::string>> origins() const override {
    const std::shared_lock lock{disk_->mutex};
    std::vector<std::string> names;
    for (const auto& [name, data] : disk_->origins) names.push_back(name);
    return names;
  }

  store_outcome<log_position> position(std::string_view origin) const override {
    const std::shared_lock lock{disk_->mutex};
    const auto* data = find(origin);
    return data ? data->bounds.end : log_position{};
  }

  store_outcome<std::vector<batch_ptr>> changes_since(std::string_view origin, log_position after,
                                                      std::size_t max_batches) const override {
    const std::shared_lock lock{disk_->mutex};
    if (auto reaches = check_reaches(origin, after, reader()); !reaches.ok()) {
      return failure{reaches.error()};
    }
    const auto* data = find(origin);
    if (!data) return std::vector<batch_ptr>{};
    const auto first = after.revision.value - data->bounds.cut.revision.value;
    const auto count = std::min(std::max<std::size_t>(max_batches, 1), data->log.size() - first);
    const auto begin = data->log.begin() + static_cast<std::ptrdiff_t>(first);
    return std::vector<batch_ptr>(begin, begin + static_cast<std::ptrdiff_t>(count));
  }

  store_outcome<std::vector<record_change>> load(std::string_view origin,
                                                 std::string_view vault) const override {
    const std::shared_lock lock{disk_->mutex};
    std::vector<record_change> records;
    const auto* data = find(origin);
    if (!data) return records;
    const auto it = data->vaults.find(vault);
    if (it == data->vaults.end()) return records;
    for (const auto& [key, value] : it->second) records.push_back({key, value});
    return records;
  }

  store_outcome<store_snapshot> snapshot(std::string_view origin) const override {
    const std::shared_lock lock{disk_->mutex};
    store_snapshot s;
    const auto* data = find(origin);
    if (!data) return s;
    s.at = data->bounds.end;
    for (const auto& [vault, records] : data->vaults) {
      for (const auto& [key, value] : records) s.records.push_back({vault, key, value});
    }
    return s;
  }

  store_outcome<void> install(std::string_view origin, const store_snapshot& s) override {
    origin_data data;
    data.bounds = {s.at, s.at};
    for (const auto& record : s.records) data.vaults[record.vault][record.key] = record.value;
    const std::unique_lock lock{disk_->mutex};
    disk_->origins.insert_or_assign(std::string{origin}, std::move(data));
    return {};
  }

  store_outcome<epoch> promised() const override {
    const std::shared_lock lock{disk_->mutex};
    return disk_->promised;
  }

  store_outcome<void> promise(epoch e) override {
    const std::unique_lock lock{disk_->mutex};
    disk_->promised = std::max(disk_->promised, e);
    return {};
  }

  store_outcome<bool> admitted() const override {
    const std::shared_lock lock{disk_->mutex};
    return disk_->admitted;
  }

  store_outcome<void> admit() override {
    const std::unique_lock lock{disk_->mutex};
    disk_->admitted = true;
    return {};
  }

 private:
  [[nodiscard]] const origin_data* find(std::string_view origin) const {
    const auto it = disk_->origins.find(origin);
    return it == disk_->origins.end() ? nullptr : &it->second;
  }

  // Used under the lock.
  [[nodiscard]] log_reader reader() const {
    return {.bounds = [this](std::string_view origin) -> store_outcome<log_bounds> {
              const auto* data = find(origin);
              return data ? data->bounds : log_bounds{};
            },
            .epoch_at = [this](std::string_view origin, revision at) -> store_outcome<epoch> {
              const auto* data = find(origin);
              return data->log.at(at.value - data->bounds.cut.revision.value - 1)->at.epoch;
            }};
  }

  std::shared_ptr<memory_disk> disk_;
  std::size_t retained_;
  std::function<void()> close_;
};

// Shared with the open stores: a store may be closed after its medium.
struct memory_disks {
  std::mutex mutex;
  std::map<std::pair<std::string, unsigned>, std::shared_ptr<memory_disk>> by_zone;
};

class memory_medium : public store_medium {
 public:
  explicit memory_medium(std::size_t retained) : retained_(retained) {}

  store_outcome<std::unique_ptr<replica_store>> open(std::string_view region,
                                                     unsigned zone) override {
    const std::lock_guard lock{disks_->mutex};
    auto& disk = disks_->by_zone[{std::string{region}, zone}];
    if (!disk) disk = std::make_shared<memory_disk>();
    if (disk->open) return failure{in_use(region, zone)};
    disk->open = true;
    auto close = [disks = disks_, disk] {
      const std::lock_guard closing{disks->mutex};
      disk->open = false;
    };
    return std::unique_ptr<replica_store>{
        std::make_unique<memory_store>(disk, retained_, std::move(close))};
  }

  store_outcome<void> wipe(std::string_view region, unsigned zone) override {
    const std::lock_guard lock{disks_->mutex};
    const auto it = disks_->by_zone.find({std::string{region}, zone});
    if (it == disks_->by_zone.end()) return {};
    if (it->second->open) return failure{in_use(region, zone)};
    disks_->by_zone.erase(it);
    return {};
  }

 private:
  static store_error in_use(std::string_view region, unsigned zone) {
    return {store_error_code::locked, "memory store " + std::string{region} + "/" +
                                          std::to_string(zone) + " is open already"};
  }

  std::size_t retained_;
  std::shared_ptr<memory_disks> disks_ = std::make_shared<memory_disks>();
};

}  // namespace

std::unique_ptr<store_medium> make_memory_medium(std::size_t retained_batches) {
  return std::make_unique<memory_medium>(retained_batches);
}

}  // namespace twinkeep::regions
