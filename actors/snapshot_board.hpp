#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace twinkeep::actors {

// An immutable snapshot that is published anew now and then, and read all the time.
template <class T>
class snapshot_board {
 public:
  using pointer = std::shared_ptr<const T>;

  explicit snapshot_board(pointer first) : snapshot_(std::move(first)) {}

  void publish(pointer next) {
    std::lock_guard lock(mutex_);
    snapshot_ = std::move(next);
    version_.fetch_add(1, std::memory_order_release);
  }
  // Changes a copy of what is in force and publishes it: several may at the same time.
  template <class Change>
  void update(Change change) {
    std::lock_guard lock(mutex_);
    if (snapshot_ == nullptr) return;  // everything ends
    auto next = std::make_shared<T>(*snapshot_);
    change(*next);
    snapshot_ = std::move(next);
    version_.fetch_add(1, std::memory_order_release);
  }
  [[nodiscard]] pointer current() const {
    std::lock_guard lock(mutex_);
    return snapshot_;
  }
  [[nodiscard]] std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

 private:
  std::atomic<std::uint64_t> version_{1};
  mutable std::mutex mutex_;
  pointer snapshot_;
};

// One reader's view: takes the lock only when something was published since its last look.
template <class T>
class snapshot_view {
 public:
  explicit snapshot_view(const snapshot_board<T>& board) : board_(board) {}

  [[nodiscard]] const std::shared_ptr<const T>& look() {
    if (const auto version = board_.version(); version != seen_) {
      snapshot_ = board_.current();
      seen_ = version;
    }
    return snapshot_;
  }

 private:
  const snapshot_board<T>& board_;
  std::uint64_t seen_ = 0;
  std::shared_ptr<const T> snapshot_;
};

}  // namespace twinkeep::actors
