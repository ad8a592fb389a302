#include <map>
#include <mutex>
#include <utility>

#include "regions/store/media.hpp"

namespace twinkeep::regions {

namespace {

using waiter = std::function<void(std::chrono::milliseconds)>;

class faulty_store : public replica_store {
 public:
  faulty_store(std::unique_ptr<replica_store> inner, std::shared_ptr<disk_faults> faults,
               std::shared_ptr<const waiter> delay)
      : inner_(std::move(inner)), faults_(std::move(faults)), delay_(std::move(delay)) {}

  store_outcome<void> append(std::span<const batch_ptr> batches) override {
    return write([&] { return inner_->append(batches); });
  }
  store_outcome<void> install(std::string_view origin, const store_snapshot& s) override {
    return write([&] { return inner_->install(origin, s); });
  }
  store_outcome<void> promise(epoch e) override {
    return write([&] { return inner_->promise(e); });
  }
  store_outcome<void> admit() override {
    return write([&] { return inner_->admit(); });
  }

  store_outcome<std::vector<std::string>> origins() const override {
    return read([&] { return inner_->origins(); });
  }
  store_outcome<log_position> position(std::string_view origin) const override {
    return read([&] { return inner_->position(origin); });
  }
  store_outcome<std::vector<batch_ptr>> changes_since(std::string_view origin, log_position after,
                                                      std::size_t max_batches) const override {
    return read([&] { return inner_->changes_since(origin, after, max_batches); });
  }
  store_outcome<std::vector<record_change>> load(std::string_view origin,
                                                 std::string_view vault) const override {
    return read([&] { return inner_->load(origin, vault); });
  }
  store_outcome<store_snapshot> snapshot(std::string_view origin) const override {
    return read([&] { return inner_->snapshot(origin); });
  }
  store_outcome<epoch> promised() const override {
    return read([&] { return inner_->promised(); });
  }
  store_outcome<bool> admitted() const override {
    return read([&] { return inner_->admitted(); });
  }

 private:
  static store_error injected(store_error_code code, const char* what) {
    return {code, std::string{"injected fault: "} + what};
  }

  // As a real disk's: lost after a failed write, until it is opened again.
  template <class Write>
  store_outcome<void> write(Write w) {
    if (const auto slow = faults_->slow.load(); slow.count() > 0 && *delay_) (*delay_)(slow);
    if (failed_) return failure{injected(store_error_code::io, "lost after a failed write")};
    if (!faults_->fail_sync) return w();
    failed_ = true;
    if (faults_->written_all_the_same) {
      // What an append refuses by itself does not reach the disk either.
      if (auto written = w(); !written.ok()) return written;
    }
    return failure{injected(store_error_code::io, "sync failed")};
  }

  template <class Read>
  auto read(Read r) const -> decltype(r()) {
    if (faults_->corrupt) return failure{injected(store_error_code::corrupt, "damaged content")};
    if (faults_->fail_reads) return failure{injected(store_error_code::io, "read failed")};
    return r();
  }

  std::unique_ptr<replica_store> inner_;
  std::shared_ptr<disk_faults> faults_;
  std::shared_ptr<const waiter> delay_;
  std::atomic<bool> failed_{false};
};

}  // namespace

struct faulty_medium::state {
  std::unique_ptr<store_medium> inner;
  std::shared_ptr<const waiter> delay;
  std::mutex mutex;
  std::map<std::pair<std::string, unsigned>, std::shared_ptr<disk_faults>> by_zone;

  std::shared_ptr<disk_faults> faults(std::string_view region, unsigned zone) {
    const std::lock_guard lock{mutex};
    auto& faults = by_zone[{std::string{region}, zone}];
    if (!faults) faults = std::make_shared<disk_faults>();
    return faults;
  }
};

faulty_medium::faulty_medium(std::unique_ptr<store_medium> inner, waiter delay)
    : state_(std::make_unique<state>()) {
  state_->inner = std::move(inner);
  state_->delay = std::make_shared<const waiter>(std::move(delay));
}

faulty_medium::~faulty_medium() = default;

disk_faults& faulty_medium::faults(std::string_view region, unsigned zone) {
  return *state_->faults(region, zone);
}

store_outcome<std::unique_ptr<replica_store>> faulty_medium::open(std::string_view region,
                                                                  unsigned zone) {
  auto faults = state_->faults(region, zone);
  if (faults->corrupt) {
    return failure{store_error{store_error_code::corrupt, "injected fault: damaged content"}};
  }
  auto opened = state_->inner->open(region, zone);
  if (!opened.ok()) return opened;
  return std::unique_ptr<replica_store>{
      std::make_unique<faulty_store>(std::move(*opened), std::move(faults), state_->delay)};
}

store_outcome<void> faulty_medium::wipe(std::string_view region, unsigned zone) {
  auto wiped = state_->inner->wipe(region, zone);
  if (wiped.ok()) state_->faults(region, zone)->corrupt = false;
  return wiped;
}

}  // namespace twinkeep::regions
