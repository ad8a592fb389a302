#include "actors/zone.hpp"

#include <deque>

namespace twinkeep::actors {

namespace {

using regions::replica_store;
using regions::store_error;
using regions::store_error_code;

zone_answer_ptr answer(zone_answer_t a) {
  return std::make_shared<const zone_answer_t>(std::move(a));
}

zone_answer_ptr answer(regions::store_outcome<void> outcome) {
  return outcome ? answer(zone_answer_t{}) : answer(zone_answer_t{std::move(outcome).error()});
}

regions::store_outcome<regions::zone_report> read_report(const replica_store& store) {
  regions::zone_report report;
  auto promised = store.promised();
  if (!promised) return failure{std::move(promised).error()};
  report.promised = *promised;
  auto admitted = store.admitted();
  if (!admitted) return failure{std::move(admitted).error()};
  report.admitted = *admitted;
  auto origins = store.origins();
  if (!origins) return failure{std::move(origins).error()};
  for (const auto& origin : *origins) {
    auto position = store.position(origin);
    if (!position) return failure{std::move(position).error()};
    if (*position != regions::log_position{}) report.positions.emplace(origin, *position);
  }
  return report;
}

template <class T>
zone_answer_ptr answer_shared(regions::store_outcome<T> outcome) {
  if (!outcome) return answer(zone_answer_t{std::move(outcome).error()});
  return answer(zone_answer_t{std::make_shared<const T>(std::move(*outcome))});
}

// One command on an open store; runs on the disk lane.
struct executor {
  replica_store& store;

  zone_answer_ptr operator()(const zone_command::open&) const { return report(); }
  zone_answer_ptr operator()(const zone_command::report&) const { return report(); }
  zone_answer_ptr operator()(const zone_command::ping&) const { return answer(zone_answer_t{}); }
  zone_answer_ptr operator()(const zone_command::promise& c) const {
    return answer(store.promise(c.number));
  }
  zone_answer_ptr operator()(const zone_command::admit&) const { return answer(store.admit()); }
  zone_answer_ptr operator()(const zone_command::append& c) const {
    return answer(store.append(*c.batches));
  }
  zone_answer_ptr operator()(const zone_command::install& c) const {
    return answer(store.install(c.origin, *c.snapshot));
  }
  zone_answer_ptr operator()(const zone_command::changes& c) const {
    auto outcome = store.changes_since(c.origin, c.after, c.max_batches);
    if (!outcome) return answer(zone_answer_t{std::move(outcome).error()});
    return answer(zone_answer_t{std::move(*outcome)});
  }
  zone_answer_ptr operator()(const zone_command::snapshot& c) const {
    return answer_shared(store.snapshot(c.origin));
  }
  zone_answer_ptr operator()(const zone_command::load& c) const {
    return answer_shared(store.load(c.origin, c.vault));
  }

 private:
  zone_answer_ptr report() const {
    auto outcome = read_report(store);
    if (!outcome) return answer(zone_answer_t{std::move(outcome).error()});
    return answer(zone_answer_t{std::move(*outcome)});
  }
};

struct zone_state {
  static inline const char* name = "zone";
  using promise = caf::typed_response_promise<zone_answer_ptr>;
  struct waiting {
    zone_command_ptr command;
    promise reply;
  };

  zone_actor::pointer self = nullptr;
  environment* env = nullptr;
  std::string region;
  unsigned zone = 0;
  std::shared_ptr<replica_store> store;
  std::deque<waiting> queue;
  bool busy = false;

  ~zone_state() {
    for (auto& w : queue) w.reply.deliver(caf::make_error(caf::sec::request_receiver_down));
  }

  caf::result<zone_answer_ptr> handle(const zone_command_ptr& command) {
    if (std::holds_alternative<zone_command::ping>(*command)) return answer(zone_answer_t{});
    auto reply = self->make_response_promise<zone_answer_ptr>();
    queue.push_back({command, reply});
    run_next();
    return reply;
  }

  void run_next() {
    if (busy || queue.empty()) return;
    busy = true;
    auto work = [command = queue.front().command, opened = store, medium = &env->medium,
                 place = region, number = zone, me = zone_actor{self}, state = this](unsigned) {
      auto current = opened;
      auto result = run(*command, current, *medium, place, number);
      auto finish = std::make_shared<std::function<void()>>(
          [state, current, result] { state->finished(current, result); });
      caf::anon_send(me, work_done{std::move(finish)});
    };
    if (!env->work.submit(work_lane::disk, std::move(work))) {
      finished(store, answer(zone_answer_t{store_error{store_error_code::io, "disk queue full"}}));
    }
  }

  static zone_answer_ptr run(const zone_command_t& command, std::shared_ptr<replica_store>& store,
                             regions::store_medium& medium, const std::string& region,
                             unsigned zone) {
    if (const auto* open = std::get_if<zone_command::open>(&command)) {
      store = nullptr;
      if (open->wipe_first) {
        if (auto wiped = medium.wipe(region, zone); !wiped) return answer(std::move(wiped));
      }
      auto opened = medium.open(region, zone);
      if (!opened) return answer(zone_answer_t{std::move(opened).error()});
      store = std::move(*opened);
    }
    if (!store) {
      return answer(zone_answer_t{store_error{store_error_code::closed, "store not open"}});
    }
    return std::visit(executor{*store}, command);
  }

  void finished(const std::shared_ptr<replica_store>& current, const zone_answer_ptr& result) {
    store = current;
    busy = false;
    auto reply = std::move(queue.front().reply);
    queue.pop_front();
    reply.deliver(result);
    run_next();
  }
};

zone_actor::behavior_type behave(zone_actor::stateful_pointer<zone_state> self, environment* env,
                                 const std::string& region, unsigned zone) {
  auto& state = self->state;
  state.self = self;
  state.env = env;
  state.region = region;
  state.zone = zone;
  return {
      [self](const zone_command_ptr& command) { return self->state.handle(command); },
      [](const work_done& done) { (*done.finish)(); },
  };
}

}  // namespace

zone_actor spawn_zone(caf::actor_system& system, environment& env, const std::string& region,
                      unsigned zone) {
  auto actor = system.spawn(behave, &env, region, zone);
  env.ice.enroll(caf::actor_cast<caf::actor>(actor), {region, region + '/' + std::to_string(zone)});
  return actor;
}

}  // namespace twinkeep::actors
