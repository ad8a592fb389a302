#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "bench/load/mix.hpp"
#include "bench/load/prepare.hpp"
#include "bench/load/response.hpp"
#include "bench/load/schedule.hpp"
#include "bench/load/tally.hpp"
#include "bench/load/tls.hpp"

namespace twinkeep::load {

struct run_options {
  std::optional<double> rate;  // open loop with so many requests a second; else closed loop
  arrivals kind = arrivals::poisson;
  unsigned connections = 32;
  unsigned threads = 2;
  nanoseconds warmup{};
  std::optional<nanoseconds> duration;    // of the measurement; at least one of the two is set
  std::optional<std::uint64_t> requests;  // measured ones
  nanoseconds timeout{};
  std::uint64_t seed = 1;
  bool progress = false;
  std::vector<pid_t> server_processes;
};

// What main and the workers share: times are fixed before a worker starts.
struct run_plan {
  const workload& work;
  const run_options& options;
  instant start, measure_from, stop_at;
  std::atomic<bool>& interrupted;
};

// What a worker is up to, for the progress line; read by another thread at any time.
struct alignas(64) live_counts {
  std::atomic<std::uint64_t> succeeded{0}, failed{0}, failed_connects{0};
  std::atomic<std::int64_t> slowest_ns{0};  // since somebody last took it
};

// One thread's share of the load: its own connections, its own event loop, nothing shared. A
// connection carries one request at a time.
class worker {
 public:
  worker(const run_plan& plan, unsigned index);
  void run();  // the thread's body; returns when the last answer is there or was given up

  [[nodiscard]] live_counts& live() { return live_; }
  // After run():
  [[nodiscard]] const std::vector<tally>& tallies() const { return tallies_; }
  [[nodiscard]] const std::string& last_problem() const { return last_problem_; }
  [[nodiscard]] instant last_answer() const { return last_answer_; }

 private:
  enum class phase { down, opening, idle, sending, receiving };
  struct slot {
    tls_connection connection;
    std::size_t number = 0;              // of all connections of the run
    std::vector<std::size_t> positions;  // of each operation in the slot's own cycle
    phase state = phase::down;
    instant until{};  // retry, or give up what is going on
    // The request under way.
    std::size_t operation = 0;
    std::string_view unsent;
    instant intended{};
    bool measured = false;
    std::vector<char> received;
    std::size_t received_bytes = 0;
    response_head head;
    bool head_known = false;
  };

  void open(slot& s, instant now);
  void ready(slot& s, instant now);
  void make_idle(slot& s, instant now);
  void begin(slot& s, instant intended, instant now);
  void send(slot& s, instant now);
  void receive(slot& s, instant now);
  void complete(slot& s);
  void drop(slot& s, loss reason, instant now);
  void connect_failed(slot& s, instant now);
  void dispatch(instant now);
  void give_up_late_ones(instant now);
  void sweep(instant now);
  void count_unsent(instant end);
  void record_loss(std::size_t operation, bool measured, loss reason, nanoseconds waited);
  [[nodiscard]] bool may_send(instant now) const;
  [[nodiscard]] bool is_measured(instant intended) const { return intended >= plan_.measure_from; }
  [[nodiscard]] std::string_view next_request(slot& s);
  [[nodiscard]] timespec next_wake(instant now) const;

  const run_plan& plan_;
  tls_context context_;
  std::vector<slot> slots_;
  std::deque<slot*> idle_;
  int epoll_ = -1;
  std::optional<schedule> schedule_;  // open loop
  weighted_choice choice_;
  std::mt19937_64 random_;
  std::vector<std::size_t> positions_;  // of each operation in its requests
  std::optional<std::uint64_t> quota_;  // measured requests that may still be sent
  std::size_t under_way_ = 0;
  instant next_sweep_{};
  std::vector<tally> tallies_;
  live_counts live_;
  std::string last_problem_;
  instant last_answer_{};
};

}  // namespace twinkeep::load
