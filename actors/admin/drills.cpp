#include "actors/admin/drills.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>

namespace twinkeep::actors {

namespace {

namespace asio = boost::asio;
using seconds = std::chrono::duration<double>;

constexpr std::size_t kept = 200;

}  // namespace

struct drills::state : std::enable_shared_from_this<state> {
  state(fault_injector& i, environment& e, event_loop& l) : injector(i), env(e), loop(l) {}

  void record(event_kind kind, const drill& d) {
    event e;
    e.kind = kind;
    e.region = d.fault.region;
    e.zone = d.fault.zone;
    e.detail = "drill " + d.id + ": " + describe(d.fault);
    if (kind == event_kind::drill_ended) {
      e.took = std::chrono::milliseconds(d.ends_ms - d.started_ms);
    }
    env.events.record(std::move(e));
  }

  // Its entry comes first: what the fault, or its end, leads to follows it in the log.
  void stop(drill& d) {
    d.active = false;
    d.ends_ms = env.real_clock.now_ms();
    record(event_kind::drill_ended, d);
    injector.end(d.fault);
  }

  // The list would grow without end; what is still active stays.
  void forget_old() {
    while (list.size() > kept) {
      const auto oldest = std::ranges::find(list, false, &drill::active);
      if (oldest == list.end()) return;
      list.erase(oldest);
    }
  }

  // Timers are touched on their loop only.
  void end_after(const std::string& id, double for_seconds) {
    const auto length =
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(seconds(for_seconds));
    const auto begin = std::chrono::steady_clock::now();
    asio::post(loop.context(), [weak = weak_from_this(), id, deadline = begin + length] {
      if (const auto self = weak.lock()) self->arm(id, deadline);
    });
  }

  void arm(const std::string& id, std::chrono::steady_clock::time_point deadline) {
    auto timer = std::make_unique<asio::steady_timer>(loop.context(), deadline);
    timer->async_wait([weak = weak_from_this(), id](boost::system::error_code stopped) {
      const auto self = weak.lock();
      if (!self || stopped) return;
      self->timers.erase(id);
      self->end(id);
    });
    timers[id] = std::move(timer);
  }

  bool end(const std::string& id) {
    std::lock_guard lock(mutex);
    const auto found = std::ranges::find(list, id, &drill::id);
    if (found == list.end()) return false;
    if (found->active) stop(*found);
    return true;
  }

  fault_injector& injector;
  environment& env;
  event_loop& loop;
  std::map<std::string, std::unique_ptr<asio::steady_timer>> timers;
  std::mutex mutex;
  std::deque<drill> list;
  std::uint64_t next = 1;
};

drills::drills(fault_injector& injector, environment& env, event_loops& loops)
    : state_(std::make_shared<state>(injector, env, loops.at(0))) {}

drills::~drills() = default;

std::string drills::start(const regions::fault& f, std::optional<double> for_seconds) {
  std::lock_guard lock(state_->mutex);
  drill d;
  d.id = std::to_string(state_->next++);
  d.fault = f;
  d.started_ms = state_->env.real_clock.now_ms();
  if (f.momentary()) {
    d.active = false;
    d.ends_ms = d.started_ms;
  } else if (for_seconds) {
    constexpr double ms = 1000;
    d.ends_ms = d.started_ms + static_cast<std::int64_t>(*for_seconds * ms);
  }
  const auto id = d.id;
  state_->record(event_kind::drill_started, d);
  state_->injector.begin(f);
  if (d.active && for_seconds) state_->end_after(id, *for_seconds);
  state_->list.push_back(std::move(d));
  state_->forget_old();
  return id;
}

bool drills::end(const std::string& id) {
  if (!state_->end(id)) return false;
  asio::post(state_->loop.context(), [weak = std::weak_ptr(state_), id] {
    if (const auto self = weak.lock()) self->timers.erase(id);
  });
  return true;
}

std::vector<drill> drills::list() const {
  std::lock_guard lock(state_->mutex);
  return {state_->list.begin(), state_->list.end()};
}

void drills::end_all() {
  std::lock_guard lock(state_->mutex);
  for (auto& d : state_->list) {
    if (d.active) state_->stop(d);
  }
}

}  // namespace twinkeep::actors
