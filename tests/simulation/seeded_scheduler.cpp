#include "tests/simulation/seeded_scheduler.hpp"

#include <algorithm>

namespace twinkeep::simulation {

using namespace std::chrono_literals;

bool seeded_executor::submit(actors::work_lane lane, work w) {
  const auto longest = lane == actors::work_lane::disk ? duration{4ms} : duration{1ms};
  waiting_.push_back({clock_.now() + random_.between(duration{0}, longest), std::move(w)});
  return true;
}

std::optional<instant> seeded_executor::next_due() const {
  if (waiting_.empty()) return std::nullopt;
  return std::ranges::min(waiting_, {}, &entry::due).due;
}

bool seeded_executor::run_one_due() {
  std::vector<std::size_t> due;
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    if (waiting_[i].due <= clock_.now()) due.push_back(i);
  }
  if (due.empty()) return false;
  const auto chosen = due[random_.below(due.size())];
  auto job = std::move(waiting_[chosen].job);
  waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(chosen));
  job(0);
  return true;
}

class seeded_scheduler::unit : public caf::execution_unit {
 public:
  unit(caf::actor_system& system, seeded_scheduler& owner)
      : execution_unit(&system), owner_(owner) {}
  void exec_later(caf::resumable* job) override { owner_.enqueue(job); }

 private:
  seeded_scheduler& owner_;
};

seeded_scheduler::seeded_scheduler(caf::actor_system& system, virtual_clock& clock,
                                   seeded_random& random, actors::freezer& ice)
    : abstract_coordinator(system),
      clock_(clock),
      random_(random),
      ice_(ice),
      unit_(std::make_unique<unit>(system, *this)) {}

bool seeded_scheduler::run_one() {
  if (ready_.empty()) return false;
  const auto chosen = random_.below(ready_.size());
  auto* job = std::exchange(ready_[chosen], ready_.back());
  ready_.pop_back();
  if (ice_.park(job)) return true;
  switch (job->resume(unit_.get(), 1)) {
    case caf::resumable::resume_later:
      enqueue(job);
      break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message:
    case caf::resumable::shutdown_execution_unit:
      caf::intrusive_ptr_release(job);
      break;
  }
  return true;
}

void seeded_scheduler::stop() {
  ice_.release_all();
  for (auto& actor : utility_actors_) {
    if (actor) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    actor = nullptr;
  }
  while (run_one()) {
  }
}

}  // namespace twinkeep::simulation
