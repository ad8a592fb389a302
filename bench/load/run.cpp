#include "bench/load/run.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <thread>

#include "actors/admin/cli/duration.hpp"
#include "bench/load/cpu_time.hpp"

namespace twinkeep::load {
namespace {

constexpr std::chrono::milliseconds time_to_get_going{20};

// The workers on their threads, and what can be seen of them while they run.
class crew {
 public:
  explicit crew(const run_plan& plan) {
    for (unsigned i = 0; i < plan.options.threads; ++i) {
      workers_.push_back(std::make_unique<worker>(plan, i));
    }
    running_ = workers_.size();
    for (auto& w : workers_) {
      threads_.emplace_back([this, &worker = *w] {
        worker.run();
        const std::lock_guard lock(mutex_);
        --running_;
        finished_.notify_all();
      });
    }
  }

  // True once all workers are done.
  bool wait_until(instant when) {
    std::unique_lock lock(mutex_);
    return finished_.wait_until(lock, when, [this] { return running_ == 0; });
  }
  void join() { threads_.clear(); }

  struct counts {
    std::uint64_t succeeded = 0, failed = 0, failed_connects = 0;
    [[nodiscard]] std::uint64_t all() const { return succeeded + failed; }
  };
  [[nodiscard]] counts so_far() const {
    counts sum;
    for (const auto& w : workers_) {
      sum.succeeded += w->live().succeeded.load(std::memory_order_relaxed);
      sum.failed += w->live().failed.load(std::memory_order_relaxed);
      sum.failed_connects += w->live().failed_connects.load(std::memory_order_relaxed);
    }
    return sum;
  }
  [[nodiscard]] nanoseconds take_slowest() {
    std::int64_t slowest = 0;
    for (const auto& w : workers_) {
      slowest = std::max(slowest, w->live().slowest_ns.exchange(0, std::memory_order_relaxed));
    }
    return nanoseconds(slowest);
  }
  [[nodiscard]] const std::vector<std::unique_ptr<worker>>& workers() const { return workers_; }

 private:
  std::vector<std::unique_ptr<worker>> workers_;
  std::mutex mutex_;
  std::condition_variable finished_;
  std::size_t running_ = 0;
  std::vector<std::jthread> threads_;
};

// Work done and CPU used up to one moment.
struct snapshot {
  std::uint64_t requests = 0;
  nanoseconds server{}, generator{};
};
snapshot take_snapshot(const crew& c, const std::vector<pid_t>& server) {
  return {c.so_far().all(), cpu_time_of(server), own_cpu_time()};
}

class progress_line {
 public:
  progress_line(crew& c, instant start) : crew_(c), start_(start) {}

  void print() {
    const crew::counts now = crew_.so_far();
    std::fprintf(stderr, "%4lld s  %8llu requests/s  slowest %8s  errors %llu%s\n",
                 static_cast<long long>(
                     std::chrono::round<std::chrono::seconds>(clock::now() - start_).count()),
                 static_cast<unsigned long long>(now.all() - before_.all()),
                 cli::show_duration(crew_.take_slowest()).c_str(),
                 static_cast<unsigned long long>(now.failed - before_.failed),
                 now.failed_connects > before_.failed_connects ? "  (cannot connect)" : "");
    before_ = now;
  }

 private:
  crew& crew_;
  instant start_;
  crew::counts before_;
};

void fill_in(run_report& report, const crew& c, const workload& work, const run_plan& plan) {
  for (std::size_t i = 0; i < work.operations.size(); ++i) {
    operation_report operation{work.operations[i].label, {}};
    for (const auto& w : c.workers()) operation.results.merge(w->tallies()[i]);
    report.total.merge(operation.results);
    report.operations.push_back(std::move(operation));
  }
  instant last = plan.measure_from;
  for (const auto& w : c.workers()) {
    last = std::max(last, w->last_answer());
    if (!w->last_problem().empty()) report.last_problem = w->last_problem();
  }
  report.failed_connects = c.so_far().failed_connects;
  // Requests sent in the time that was planned are counted, so this is what they are divided by,
  // although the last answers come a little later; a run that ended earlier ended with its last.
  const bool whole = plan.options.duration && !plan.options.requests && !plan.interrupted;
  report.measured = (whole ? plan.stop_at : std::min(last, plan.stop_at)) - plan.measure_from;
}

}  // namespace

run_report run(const workload& work, const run_options& options, std::atomic<bool>& interrupted) {
  const instant start = clock::now() + time_to_get_going;
  const instant measure_from = start + options.warmup;
  const instant stop_at = options.duration ? measure_from + *options.duration : instant::max();
  const run_plan plan{work, options, start, measure_from, stop_at, interrupted};

  crew c(plan);
  progress_line progress(c, start);
  instant next_line = start + std::chrono::seconds(1);
  // Until `moment` or until the workers are done; true in the second case.
  const auto wait = [&](instant moment) {
    for (;;) {
      const instant next = options.progress ? std::min(moment, next_line) : moment;
      if (c.wait_until(next)) return true;
      if (options.progress && clock::now() >= next_line) {
        progress.print();
        next_line += std::chrono::seconds(1);
      }
      if (clock::now() >= moment) return false;
    }
  };
  bool finished = wait(measure_from);
  const snapshot before = take_snapshot(c, options.server_processes);
  // instant::max() overflows some implementations of a timed wait: a day is as good.
  while (!finished && clock::now() < stop_at) {
    finished = wait(std::min(stop_at, clock::now() + std::chrono::hours(24)));
  }
  const snapshot after = take_snapshot(c, options.server_processes);
  // The last answers, or their timeouts.
  while (!finished) finished = wait(clock::now() + std::chrono::hours(24));
  c.join();

  run_report report;
  fill_in(report, c, work, plan);
  if (const std::uint64_t requests = after.requests - before.requests; requests > 0) {
    const auto each = [&](nanoseconds used) {
      return std::chrono::duration<double, std::micro>(used).count() /
             static_cast<double>(requests);
    };
    report.generator_cpu_us = each(after.generator - before.generator);
    if (!options.server_processes.empty()) {
      report.server_cpu_us = each(after.server - before.server);
    }
  }
  return report;
}

}  // namespace twinkeep::load
