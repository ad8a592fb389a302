#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace twinkeep::actors {

// Where blocking work goes. Lanes are apart, so that slow disks do not hold up signatures.
enum class work_lane { crypto, disk };

// PORT: carries out what must not block an event loop (RSA private operations, key generation,
// fsync). Work reports back by sending a message; it never touches an actor or a promise.
class work_executor {
 public:
  // `worker`: index of the thread within its lane, below workers(lane); work with per-thread
  // caches keeps one for each index.
  using work = std::function<void(unsigned worker)>;
  // Tells of what was done: sends the message.
  using report = std::function<void()>;
  using brief_work = std::function<report(unsigned worker)>;

  virtual ~work_executor() = default;
  // False: the lane's queue is full; nothing was accepted. Shed the load.
  [[nodiscard]] virtual bool submit(work_lane lane, work w) = 0;
  // For the crypto lane's work of less than a millisecond. While more than enough of it waits, a
  // few reports are given together: each wakes a thread, which costs the workers their turn.
  [[nodiscard]] virtual bool submit_brief(brief_work w) {
    return submit(work_lane::crypto, [w = std::move(w)](unsigned worker) { w(worker)(); });
  }
  [[nodiscard]] virtual unsigned workers(work_lane lane) const = 0;
};

struct executor_limits {
  unsigned crypto_threads = 2;
  unsigned disk_threads = 9;
  std::size_t max_queued = 4096;  // for each lane
};

// Threads. The destructor finishes what was accepted, then joins.
class thread_executor : public work_executor {
 public:
  explicit thread_executor(const executor_limits& limits);
  ~thread_executor() override;
  bool submit(work_lane lane, work w) override;
  bool submit_brief(brief_work w) override;
  unsigned workers(work_lane lane) const override;

 private:
  struct lane_state;
  std::unique_ptr<lane_state> crypto_;
  std::unique_ptr<lane_state> disk_;
};

}  // namespace twinkeep::actors
