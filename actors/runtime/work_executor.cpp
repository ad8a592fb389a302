#include "actors/runtime/work_executor.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace twinkeep::actors {

struct thread_executor::lane_state {
  lane_state(unsigned threads, std::size_t limit) : max_queued(limit) {
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

  bool push(work w) {
    {
      std::lock_guard lock(mutex);
      if (stopping || queue.size() >= max_queued) return false;
      queue.push_back(std::move(w));
    }
    wake.notify_one();
    return true;
  }

  void run(unsigned index) {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [this] { return stopping || !queue.empty(); });
      if (queue.empty()) return;
      auto w = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      w(index);
      w = nullptr;  // its captures may hold secrets: gone before this thread sleeps
      lock.lock();
    }
  }

  std::mutex mutex;
  std::condition_variable wake;
  std::deque<work> queue;
  std::size_t max_queued;
  bool stopping = false;
  std::vector<std::thread> pool;
};

thread_executor::thread_executor(const executor_limits& limits)
    : crypto_(std::make_unique<lane_state>(limits.crypto_threads, limits.max_queued)),
      disk_(std::make_unique<lane_state>(limits.disk_threads, limits.max_queued)) {}

thread_executor::~thread_executor() = default;

bool thread_executor::submit(work_lane lane, work w) {
  return (lane == work_lane::crypto ? crypto_ : disk_)->push(std::move(w));
}

unsigned thread_executor::workers(work_lane lane) const {
  return static_cast<unsigned>((lane == work_lane::crypto ? crypto_ : disk_)->pool.size());
}

}  // namespace twinkeep::actors
