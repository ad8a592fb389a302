#pragma once

#include <caf/all.hpp>
#include <caf/detail/test_actor_clock.hpp>
#include <functional>
#include <random>
#include <vector>

#include "actors/runtime/freezer.hpp"
#include "actors/runtime/wall_clock.hpp"
#include "actors/runtime/work_executor.hpp"
#include "crypto/random.hpp"
#include "regions/failover/timings.hpp"

namespace twinkeep::simulation {

using regions::duration;
using regions::instant;

class seeded_random : public crypto::random_source {
 public:
  explicit seeded_random(std::uint64_t seed) : engine_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& octet : out) octet = static_cast<std::uint8_t>(engine_());
  }
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  bool chance(unsigned percent) { return below(100) < percent; }
  duration between(duration least, duration most) {
    return least + duration{static_cast<duration::rep>(
                       below(static_cast<std::uint64_t>((most - least).count()) + 1))};
  }

 private:
  std::mt19937_64 engine_;
};

// Virtual time, which also knows when the next thing is due.
class virtual_clock : public caf::detail::test_actor_clock {
 public:
  [[nodiscard]] std::optional<instant> next_due() const {
    if (schedule_.empty()) return std::nullopt;
    return schedule_.begin()->first;
  }
};

// Civil time that goes with the virtual one.
class virtual_wall_clock : public actors::wall_clock {
 public:
  explicit virtual_wall_clock(const virtual_clock& clock) : clock_(clock) {}
  std::int64_t now_ms() const override {
    constexpr std::int64_t epoch_ms = 1'800'000'000'000;
    return epoch_ms +
           std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now().time_since_epoch())
               .count();
  }

 private:
  const virtual_clock& clock_;
};

// What the executor of the service does on threads happens here one after the other, each piece of
// work some virtual milliseconds after it was submitted, in an order that the seed decides.
class seeded_executor : public actors::work_executor {
 public:
  seeded_executor(seeded_random& random, const virtual_clock& clock)
      : random_(random), clock_(clock) {}
  bool submit(actors::work_lane lane, work w) override;
  unsigned workers(actors::work_lane) const override { return 1; }
  [[nodiscard]] std::optional<instant> next_due() const;
  bool run_one_due();
  void drop_all() { waiting_.clear(); }

 private:
  struct entry {
    instant due;
    work job;
  };
  seeded_random& random_;
  const virtual_clock& clock_;
  std::vector<entry> waiting_;
};

// CAF's scheduler slot, filled by a single thread that runs one message of one ready actor at a
// time, chosen by the seed.
class seeded_scheduler : public caf::scheduler::abstract_coordinator {
 public:
  seeded_scheduler(caf::actor_system& system, virtual_clock& clock, seeded_random& random,
                   actors::freezer& ice);
  void enqueue(caf::resumable* job) override { ready_.push_back(job); }
  bool detaches_utility_actors() const override { return false; }
  caf::actor_clock& clock() noexcept override { return clock_; }
  void stop() override;
  bool run_one();

 private:
  class unit;
  virtual_clock& clock_;
  seeded_random& random_;
  actors::freezer& ice_;
  std::unique_ptr<caf::execution_unit> unit_;
  std::vector<caf::resumable*> ready_;
};

}  // namespace twinkeep::simulation
