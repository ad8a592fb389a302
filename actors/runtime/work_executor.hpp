#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace twinkeep::actors {

// Where blocking work goes. Lanes are apart, so that slow disks do not hold up signatures, nor a
// module that hangs anybody but those who wait for its token.
enum class work_lane : std::size_t { crypto, disk, first_token };
// Of the deployment's `token`th HSM token: its operations, and apart from them the questions
// whether it still answers.
[[nodiscard]] constexpr work_lane token_lane(std::size_t token) {
  return work_lane{static_cast<std::size_t>(work_lane::first_token) + 2 * token};
}
[[nodiscard]] constexpr work_lane token_watch_lane(std::size_t token) {
  return work_lane{static_cast<std::size_t>(token_lane(token)) + 1};
}

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
  std::size_t tokens = 0;
  unsigned token_threads = 4;     // for each
  std::size_t max_queued = 4096;  // for each lane
};

// Threads.
class thread_executor : public work_executor {
 public:
  explicit thread_executor(const executor_limits& limits);
  ~thread_executor() override;  // as finish()
  // Finishes what was accepted and joins. Tokens' lanes are waited for no longer than `patience`: a
  // module that hangs must not keep the service from ending. False: some of their threads are still
  // in their modules, and what they use must outlive them.
  bool finish(std::chrono::milliseconds patience);
  bool submit(work_lane lane, work w) override;
  bool submit_brief(brief_work w) override;
  unsigned workers(work_lane lane) const override;

 private:
  struct lane_state;
  [[nodiscard]] lane_state& lane(work_lane lane) const;
  std::vector<std::shared_ptr<lane_state>> lanes_;  // by work_lane
};

}  // namespace twinkeep::actors
