#include "actors/runtime/work_executor.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
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

  lane_state(unsigned threads, std::size_t limit)
      : max_queued(limit), enough(2 * threads), running(threads) {}

  // The threads keep what they use, also if nobody waits for them any more.
  static std::shared_ptr<lane_state> start(unsigned threads, std::size_t limit) {
    auto lane = std::make_shared<lane_state>(threads, limit);
    for (unsigned i = 0; i < threads; ++i) {
      lane->pool.emplace_back([lane, i] {
        lane->run(i);
        std::lock_guard lock(lane->mutex);
        --lane->running;
        lane->ended.notify_all();
      });
    }
    return lane;
  }

  void stop() {
    {
      std::lock_guard lock(mutex);
      stopping = true;
    }
    wake.notify_all();
  }

  // No limit: for as long as it takes. False: threads are left behind.
  bool await_end(std::optional<std::chrono::steady_clock::time_point> limit) {
    bool is_over = true;
    {
      std::unique_lock lock(mutex);
      const auto all_ended = [this] { return running == 0; };
      if (limit) {
        is_over = ended.wait_until(lock, *limit, all_ended);
      } else {
        ended.wait(lock, all_ended);
      }
      queue.clear();  // nobody is there for what would be made of it
    }
    for (auto& thread : std::exchange(pool, {})) {
      if (is_over) {
        thread.join();
      } else {
        thread.detach();
      }
    }
    return is_over;
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
  std::condition_variable ended;
  std::deque<entry> queue;
  std::vector<report> held;
  std::size_t max_queued;
  std::size_t enough;
  unsigned running;
  bool stopping = false;
  std::vector<std::thread> pool;
};

thread_executor::thread_executor(const executor_limits& limits) {
  const auto add = [&](unsigned threads) {
    lanes_.push_back(lane_state::start(threads, limits.max_queued));
  };
  add(limits.crypto_threads);
  add(limits.disk_threads);
  for (std::size_t token = 0; token < limits.tokens; ++token) {
    add(limits.token_threads);
    add(1);
  }
}

thread_executor::~thread_executor() {
  finish(std::chrono::milliseconds{0});
}

bool thread_executor::finish(std::chrono::milliseconds patience) {
  for (const auto& lane : lanes_) lane->stop();
  const auto limit = std::chrono::steady_clock::now() + patience;
  bool is_over = true;
  std::size_t index = 0;
  for (const auto& lane : lanes_) {
    const bool is_tokens = index++ >= static_cast<std::size_t>(work_lane::first_token);
    const bool ended = lane->await_end(is_tokens ? std::optional{limit} : std::nullopt);
    is_over = is_over && ended;
  }
  return is_over;
}

thread_executor::lane_state& thread_executor::lane(work_lane lane) const {
  return *lanes_.at(static_cast<std::size_t>(lane));
}

bool thread_executor::submit(work_lane to, work w) {
  return lane(to).push({std::move(w), {}});
}

bool thread_executor::submit_brief(brief_work w) {
  return lane(work_lane::crypto).push({{}, std::move(w)});
}

unsigned thread_executor::workers(work_lane of) const {
  return static_cast<unsigned>(lane(of).pool.size());
}

}  // namespace twinkeep::actors
