#include "actors/runtime/work_executor.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace twinkeep::actors {

namespace {

// So many reports are held back at most.
constexpr std::size_t most_held = 8;

}  // namespace

struct thread_executor::lane_state {
  struct entry {
    work plain;  // one of the two
    brief_work brief;
  };

  lane_state(unsigned threads, std::size_t limit) : max_queued(limit), enough(2 * threads) {
    for (unsigned i = 0; i < threads; ++i) pool.emplace_back([this, i] { run(i); });
  }

  ~lane_state() {
    {
      std::lock_guard lock(mutex);
      stopping = true;
    }
    wake.notify_all();
    for (auto& thread : pool) thread.join();
  }

  bool push(entry e) {
    {
      std::lock_guard lock(mutex);
      if (stopping || queue.size() >= max_queued) return false;
      queue.push_back(std::move(e));
    }
    wake.notify_one();
    return true;
  }

  void run(unsigned index) {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [this] { return stopping || !queue.empty(); });
      if (queue.empty()) return;
      auto e = std::move(queue.front());
      queue.pop_front();
      if (e.plain) give_reports(lock);  // they do not wait for what may take long
      lock.unlock();
      report made;
      if (e.brief) {
        made = e.brief(index);
      } else {
        e.plain(index);
      }
      e = {};  // its captures may hold secrets: gone before this thread sleeps
      lock.lock();
      if (made) held.push_back(std::move(made));
      // Whoever is told sends the next work: none is held back from a worker that might run dry.
      if (held.size() >= most_held || queue.size() < enough) give_reports(lock);
    }
  }

  void give_reports(std::unique_lock<std::mutex>& lock) {
    if (held.empty()) return;
    auto reports = std::exchange(held, {});
    lock.unlock();
    for (const auto& tell : reports) tell();
    reports.clear();
    lock.lock();
  }

  std::mutex mutex;
  std::condition_variable wake;
  std::deque<entry> queue;
  std::vector<report> held;
  std::size_t max_queued;
  std::size_t enough;
  bool stopping = false;
  std::vector<std::thread> pool;
};

thread_executor::thread_executor(const executor_limits& limits)
    : crypto_(std::make_unique<lane_state>(limits.crypto_threads, limits.max_queued)),
      disk_(std::make_unique<lane_state>(limits.disk_threads, limits.max_queued)) {}

thread_executor::~thread_executor() = default;

bool thread_executor::submit(work_lane lane, work w) {
  return (lane == work_lane::crypto ? crypto_ : disk_)->push({std::move(w), {}});
}

bool thread_executor::submit_brief(brief_work w) {
  return crypto_->push({{}, std::move(w)});
}

unsigned thread_executor::workers(work_lane lane) const {
  return static_cast<unsigned>((lane == work_lane::crypto ? crypto_ : disk_)->pool.size());
}

}  // namespace twinkeep::actors
