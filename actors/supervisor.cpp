#include "actors/supervisor.hpp"

#include <algorithm>
#include <atomic>
#include <set>

#include "actors/private_endpoints.hpp"
#include "actors/region.hpp"
#include "protocol/identifiers.hpp"

namespace twinkeep::actors {

namespace {

using namespace regions;

// Set by the guardian when everything ends: a supervisor that is only just starting, or that starts
// a region at this moment, must not leave one behind.
using closing_flag = std::shared_ptr<std::atomic<bool>>;

struct supervisor_state {
  static inline const char* name = "supervisor";

  struct watched {
    region_actor actor;
    region_status_ptr status;
    region_phase phase = region_phase::starting;  // as last acted on
    std::optional<instant> exited_at;
  };

  supervisor_actor::pointer self = nullptr;
  environment* env = nullptr;
  std::optional<failure_detector> detector;
  std::map<std::string, watched, std::less<>> regions;
  instant last_tick;
  closing_flag closing;
  std::set<std::string> awaited_endpoints;  // that come back after a failover

  [[nodiscard]] instant now() const { return self->clock().now(); }
  [[nodiscard]] bool is_from(const region_actor& actor) const {
    return actor && self->current_sender() == caf::actor_cast<caf::strong_actor_ptr>(actor);
  }

  void start() {
    std::vector<std::string> names;
    for (const auto& r : env->topology.regions) names.emplace_back(r.facts->name);
    detector.emplace(env->topology.timings, names, now());
    last_tick = now();
    resume_phases();
    for (const auto& region : names) {
      auto& w = regions[region];
      w.phase = detector->phase(region);
      w.actor = env->where.region(region);
      if (!w.actor) continue;
      self->monitor(w.actor);
      self->send(w.actor, supervisor_notice{supervisor_actor{self}});
    }
    start_missing();
    self->send(self, tick{});
  }

  // A supervisor that was started again goes on from what the table in force says: a region whose
  // vaults are elsewhere must show itself stable before they go back.
  void resume_phases() {
    const auto table = env->routes.current();
    for (const auto& [vault, entry] : table->vaults) {
      if (entry.route.mode != vault_mode::read_write) {
        detector->resume(entry.home_region, region_phase::down, now());
      } else if (entry.primary) {
        detector->resume(entry.home_region, region_phase::up, now());
      }
      if (entry.secondary && detector->phase(entry.secondary_region) == region_phase::starting) {
        detector->resume(entry.secondary_region, region_phase::up, now());
      }
    }
  }

  void start_missing() {
    for (auto& [region, w] : regions) {
      if (w.actor || *closing || env->faults.region_down(region)) continue;
      w.actor = spawn_region(self->system(), *env, region, supervisor_actor{self});
      self->monitor(w.actor);
      env->where.set_region(region, w.actor);
      if (*closing) caf::anon_send_exit(w.actor, caf::exit_reason::kill);
      tell_peers(region, w.actor);
      if (!w.exited_at) continue;
      record(event_kind::component_restarted, region, "region", now() - *w.exited_at, {});
      w.exited_at.reset();
    }
  }

  // The fault board is what counts, whoever was told what and when.
  void enforce_faults() {
    for (auto& [region, w] : regions) {
      if (w.actor && env->faults.region_down(region)) {
        caf::anon_send_exit(w.actor, caf::exit_reason::kill);
      }
    }
    start_missing();
  }

  void tell_peers(const std::string& region, const region_actor& actor) {
    for (const auto& [other, w] : regions) {
      if (other != region && w.actor) self->send(w.actor, peer_notice{region, actor});
    }
  }

  void record(event_kind kind, const std::string& region, std::string detail,
              std::optional<duration> took, std::optional<std::uint64_t> lag) {
    event e;
    e.kind = kind;
    e.region = region;
    e.detail = std::move(detail);
    e.took = took;
    e.lag_revisions = lag;
    env->events.record(std::move(e));
  }

  void on_tick() {
    const auto every = env->topology.timings.heartbeat_every / 2;
    self->delayed_send(self, every, tick{});
    const auto since = now() - std::exchange(last_tick, now());
    if (since > 2 * every) detector->excuse(since - every, now());
    enforce_faults();
    advance();
    watch_endpoints();
  }

  // Tells of private endpoints that carry traffic again after a failover.
  void watch_endpoints() {
    if (env->topology.private_endpoints.empty()) return;
    const auto table = env->routes.current();
    for (const auto& endpoint : env->topology.private_endpoints) {
      const auto state = state_of(endpoint, *table, env->topology, now());
      if (state == endpoint_state::reestablishing) {
        awaited_endpoints.insert(endpoint.name);
        continue;
      }
      if (awaited_endpoints.erase(endpoint.name) == 0) continue;
      if (state != endpoint_state::connected) continue;
      const auto* entry = table->find(protocol::lower(endpoint.vault));
      if (!entry->failed_over_at) continue;  // it is the region that came back
      record(event_kind::private_endpoint_reestablished, endpoint.region,
             endpoint.name + " to " + entry->vault, now() - *entry->failed_over_at, {});
    }
  }

  lease_grant heard(const region_beat& message) {
    const auto it = regions.find(message.region);
    if (it == regions.end()) return {};
    auto& w = it->second;
    // A beat that a region sent before it was lost says nothing of the one that took its place.
    if (!is_from(w.actor)) return {};
    w.status = message.status;
    detector->observe(message.region, message.beat, now());
    advance();
    const auto phase = detector->phase(message.region);
    const bool serves = phase == region_phase::up || phase == region_phase::suspected;
    return {serves && message.beat.zones_serving > 0};
  }

  void exited(const caf::down_msg& down) {
    for (auto& [region, w] : regions) {
      if (!w.actor || w.actor->address() != down.source) continue;
      w.actor = nullptr;
      w.exited_at = now();
      env->where.set_region(region, region_actor{});
      tell_peers(region, region_actor{});
      detector->observe_exit(region, now());
      forget_handles(region);
      start_missing();
      advance();
      return;
    }
  }

  void advance() {
    const auto changes = detector->advance(now());
    if (changes.empty()) return;
    publish();
    for (const auto& change : changes) report(change);
  }

  // How far behind the region's copy is that would serve, or has served, in its stead.
  std::optional<std::uint64_t> lag_of(const std::string& region) const {
    const auto* secondary = env->topology.secondary_of(region);
    if (secondary == nullptr) return std::nullopt;
    const auto own = regions.find(region);
    const auto copy = regions.find(secondary->facts->name);
    if (own->second.status == nullptr || copy == regions.end() || copy->second.status == nullptr ||
        !copy->second.status->replication) {
      return std::nullopt;
    }
    const auto head = own->second.status->revision;
    const auto applied = copy->second.status->replication->applied;
    return head > applied ? head - applied : 0;
  }

  void report(const phase_change& change) {
    auto& w = regions.find(change.region)->second;
    const auto from = std::exchange(w.phase, change.to);
    switch (change.to) {
      case region_phase::suspected:
        record(event_kind::region_suspected, change.region, {}, change.took, lag_of(change.region));
        break;
      case region_phase::down: {
        if (from == region_phase::returning) break;  // still the same loss
        record(event_kind::region_lost, change.region, {}, change.took, {});
        std::string moved;
        for (const auto& [key, entry] : env->routes.current()->vaults) {
          if (entry.home_region == change.region && entry.route.mode == vault_mode::read_only) {
            moved = entry.route.serving_region;
          }
        }
        if (moved.empty()) break;
        record(event_kind::failed_over, change.region, "served read-only by " + moved, change.took,
               lag_of(change.region));
        break;
      }
      case region_phase::returning:
        record(event_kind::region_returning, change.region, {}, change.took, {});
        break;
      case region_phase::up:
        if (from == region_phase::returning || from == region_phase::down) {
          record(event_kind::failed_back, change.region, {}, change.took, lag_of(change.region));
        } else if (from == region_phase::suspected) {
          record(event_kind::region_recovered, change.region, {}, change.took, {});
        }
        break;
      case region_phase::starting:
        break;
    }
  }

  template <class Change>
  void publish_with(Change change) {
    env->routes.update([&](routing_table& table) {
      for (auto& [vault, entry] : table.vaults) {
        change(entry);
        const auto secondary = entry.secondary_region.empty()
                                   ? std::optional<region_phase>{}
                                   : detector->phase(entry.secondary_region);
        entry.route = choose_route(entry.home_region, detector->phase(entry.home_region),
                                   entry.secondary_region, secondary);
        if (entry.route.mode != vault_mode::read_only) {
          entry.failed_over_at.reset();
        } else if (!entry.failed_over_at) {
          entry.failed_over_at = now();
        }
      }
    });
  }

  void publish() {
    publish_with([](route_entry&) {});
  }

  void placed(const vault_placed& place) {
    const auto w = regions.find(place.region);
    if (w == regions.end() || !is_from(w->second.actor)) {
      return;  // of a region that is gone
    }
    publish_with([&](route_entry& entry) {
      if (entry.vault != place.vault || entry.home_region != place.origin) return;
      if (place.region == entry.home_region) {
        entry.primary = place.actor;
        entry.primary_zone = place.zone;
      } else {
        entry.secondary = place.actor;
        entry.secondary_zone = place.zone;
      }
    });
  }

  void forget_handles(const std::string& region) {
    publish_with([&](route_entry& entry) {
      if (entry.home_region == region) entry.primary = nullptr;
      if (entry.secondary_region == region) entry.secondary = nullptr;
    });
  }

  void on_fault(const faults_changed& change) {
    if (change.fault.kind == fault_kind::component_crash && change.active) {
      self->quit(caf::exit_reason::kill);
      return;
    }
    enforce_faults();
  }

  status_reply_ptr status() const {
    auto reply = std::make_shared<status_reply>();
    for (const auto& [region, w] : regions) {
      status_reply::region r;
      r.phase = detector->phase(region);
      r.name = region;
      r.pair = env->topology.find_region(region)->facts->pair;
      r.status = w.status;
      if (w.status && w.status->replication) {
        // What the copy cannot see while its source is cut off or lost.
        auto corrected = std::make_shared<region_status>(*w.status);
        const auto lag = lag_of(corrected->replication->source);
        auto& known = corrected->replication->lag_revisions;
        known = std::max(known, lag.value_or(0));
        r.status = std::move(corrected);
      }
      reply->regions.push_back(std::move(r));
    }
    return reply;
  }
};

supervisor_actor::behavior_type behave(supervisor_actor::stateful_pointer<supervisor_state> self,
                                       environment* env, const closing_flag& closing) {
  self->state.self = self;
  self->state.env = env;
  self->state.closing = closing;
  self->set_down_handler([self](const caf::down_msg& down) { self->state.exited(down); });
  self->state.start();
  return {
      [self](const region_beat& message) { return self->state.heard(message); },
      [self](const vault_placed& place) { self->state.placed(place); },
      [self](const faults_changed& change) { self->state.on_fault(change); },
      [self](status_query) { return self->state.status(); },
      [self](tick) { self->state.on_tick(); },
  };
}

struct guardian_state {
  static inline const char* name = "guardian";
  supervisor_actor supervisor;
  environment* env = nullptr;
  closing_flag closing = std::make_shared<std::atomic<bool>>(false);

  void start(caf::event_based_actor* self) {
    supervisor = self->system().spawn(behave, env, closing);
    self->monitor(supervisor);
    env->where.set_supervisor(supervisor);
  }
};

// The only actor that nobody watches: it does nothing that could fail.
caf::behavior guard(caf::stateful_actor<guardian_state>* self, environment* env) {
  self->state.env = env;
  self->state.start(self);
  self->set_down_handler([self](const caf::down_msg&) {
    event e;
    e.kind = event_kind::component_restarted;
    e.detail = "supervisor";
    self->state.env->events.record(std::move(e));
    self->state.start(self);
  });
  self->set_exit_handler([self](const caf::exit_msg& exit) {
    auto& state = self->state;
    *state.closing = true;
    self->demonitor(state.supervisor->address());
    caf::anon_send_exit(state.supervisor, caf::exit_reason::kill);
    for (const auto& r : state.env->topology.regions) {
      if (auto region = state.env->where.region(std::string{r.facts->name})) {
        caf::anon_send_exit(region, caf::exit_reason::kill);
      }
    }
    state.env->where.clear();
    self->quit(exit.reason);
  });
  return {[](tick) {}};
}

}  // namespace

caf::actor start_supervision(caf::actor_system& system, environment& env) {
  return system.spawn(guard, &env);
}

}  // namespace twinkeep::actors
