#include "actors/region.hpp"

#include <algorithm>

#include "actors/region_state.hpp"

namespace twinkeep::actors {

using namespace regions;

region_state::~region_state() {
  for (auto& [token, pending] : commits) {
    if (pending.reply.pending()) {
      pending.reply.deliver(caf::make_error(caf::sec::request_receiver_down));
    }
  }
  for (auto& waiting : held) {
    waiting.reply.deliver(caf::make_error(caf::sec::request_receiver_down));
  }
  // Children end with their region. Not by links: a killed child would take the region with it.
  const auto end = [](const auto& child) {
    if (child) caf::anon_send_exit(child, caf::exit_reason::kill);
  };
  for (const auto& zone : zones) end(zone.actor);
  for (const auto& [vault, slot] : vaults) end(slot.actor);
  for (const auto& member : team.members) end(member);
  for (const auto& hsm : hsms) end(hsm.actor);
  for (const auto& [origin, source] : sources) end(source.replicator);
}

void region_state::start() {
  log.emplace(region);
  for (auto& zone : zones) zone.changed_at = now();
  add_slot({registry_name(region), region, {}, {}}, true);
  team.members.resize(env->crypto_actors);
  for (std::size_t i = 0; i < team.members.size(); ++i) start_crypto(i);
  start_hsms();
  for (const auto& other : env->topology.regions) {
    const auto* secondary = env->topology.secondary_of(other.facts->name);
    if (secondary == nullptr || secondary->facts->name != region) continue;
    const std::string origin{other.facts->name};
    add_slot({registry_name(origin), origin, {}, {}}, true);
    start_replicator(origin);
  }
  on_tick();
}

void region_state::start_crypto(std::size_t member) {
  team.members.at(member) = spawn_crypto(self->system(), *env, region);
  self->monitor(team.members.at(member));
  self->send(team.members.at(member), usable_hsms());
}

void region_state::start_replicator(const std::string& source) {
  auto& s = sources[source];
  s.replicator =
      spawn_replicator(self->system(), *env, region, source, self, env->where.region(source));
  self->monitor(s.replicator);
}

void region_state::record(event_kind kind, unsigned zone, std::string detail,
                          std::optional<duration> took) {
  event e;
  e.kind = kind;
  e.region = region;
  e.zone = zone;
  e.detail = std::move(detail);
  e.took = took;
  env->events.record(std::move(e));
}

void region_state::on_tick() {
  const auto every = env->topology.timings.heartbeat_every;
  self->delayed_send(self, every, tick{});
  const bool was_stalled = last_tick && now() - *last_tick > 2 * every;
  last_tick = now();
  check_zones(was_stalled);
  check_hsms(was_stalled);
  place_all();
  erase_purged();
  beat();
}

void region_state::beat() {
  if (!supervisor) return;
  region_beat message;
  message.region = region;
  message.status = status();
  message.beat.has_quorum = log->has_quorum() && all_primaries_placed();
  message.beat.committed = log->committed(region).revision;
  if (log->ever_had_quorum()) {
    for (unsigned zone = 1; zone <= replicas_per_region; ++zone) {
      if (log->phase(zone) != zone_phase::absent) ++message.beat.zones_serving;
    }
  }
  const auto sent = now();
  self->request<caf::message_priority::high>(supervisor, env->topology.timings.detect_after,
                                             std::move(message))
      .then(
          [this, sent](const lease_grant& grant) {
            if (grant.granted) leases.granted(sent, env->topology.timings.lease);
            release_held(grant.granted);
          },
          [this](const caf::error&) { release_held(false); });
}

region_status_ptr region_state::status() const {
  auto s = std::make_shared<region_status>();
  s->name = region;
  s->pair = env->topology.find_region(region)->facts->pair;
  s->revision = log->committed(region).revision.value;
  s->quorum = log->has_quorum();
  for (unsigned zone = 1; zone <= replicas_per_region; ++zone) {
    auto& z = s->zones.at(zone - 1);
    const auto phase = log->phase(zone);
    z.in_sync = phase == zone_phase::in_sync;
    z.state = z.in_sync ? "up" : phase == zone_phase::absent ? "down" : "catching_up";
    z.revision = log->position(zone).revision.value;
  }
  s->hsms = hsm_statuses();
  for (const auto& [origin, source] : sources) {
    replication_status r;
    r.source = origin;
    const auto position = log->committed(origin).revision.value;
    r.applied = position;
    const auto head = source.head.revision.value;
    r.lag_revisions = head > position ? head - position : 0;
    r.last_sync_ms = source.last_sync_ms;
    // Level as of the last pull, and pulls have not stopped: no lag.
    const auto silence = env->real_clock.now_ms() - source.last_sync_ms;
    const auto patience =
        2 * (env->topology.timings.replicate_every + env->topology.timings.heartbeat_every);
    const bool fresh =
        silence <= std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
    if (source.last_sync_ms != 0 && !(source.level && fresh)) {
      r.lag_seconds = static_cast<double>(silence) / 1000.0;
    }
    s->replication = std::move(r);
  }
  return s;
}

void region_state::note_progress(const std::string& source, const replication_progress& progress) {
  const auto it = sources.find(source);
  if (it == sources.end()) return;
  it->second.head = progress.head;
  it->second.level = progress.applied >= progress.head;
  if (it->second.level) it->second.last_sync_ms = env->real_clock.now_ms();
}

void region_state::on_down(const caf::down_msg& down) {
  for (unsigned zone = 1; zone <= replicas_per_region; ++zone) {
    if (at(zone).actor && at(zone).actor->address() == down.source) {
      record(event_kind::component_restarted, zone, "zone");
      fail_zone(zone, "its actor ended");
      run_effects();
      return;
    }
  }
  for (auto& [vault, slot] : vaults) {
    if (slot.actor && slot.actor->address() == down.source) return vault_crashed(slot);
  }
  for (std::size_t i = 0; i < team.members.size(); ++i) {
    if (team.members[i]->address() != down.source) continue;
    start_crypto(i);
    for (auto& [vault, slot] : vaults) {
      if (slot.actor) self->send(slot.actor, team);
    }
    record(event_kind::component_restarted, 0, "crypto");
    return;
  }
  for (auto& slot : hsms) {
    if (slot.actor && slot.actor->address() == down.source) {
      return fail_hsm(slot, "its actor ended");
    }
  }
  for (auto& [source, s] : sources) {
    if (s.replicator->address() != down.source) continue;
    start_replicator(source);
    record(event_kind::component_restarted, 0, "replicator");
    return;
  }
}

void region_state::on_fault(const faults_changed& change) {
  const auto& f = change.fault;
  const auto crash = [](const auto& actor) {
    if (actor) caf::anon_send_exit(actor, caf::exit_reason::kill);
  };
  if (f.kind == fault_kind::clock_advance) {
    for (auto& [vault, slot] : vaults) {
      if (slot.actor) self->send(slot.actor, wake{});
    }
  } else if (f.kind == fault_kind::zone_wiped) {
    at(f.zone).wipe_first = true;
    fail_zone(f.zone, "its disk was wiped");
  } else if (f.kind == fault_kind::zone_down) {
    if (!change.active) {
      at(f.zone).failures = 0;
      at(f.zone).retry_set = false;
    }
    check_zones(false);
    check_hsms(false);
  } else if (f.kind == fault_kind::hsm_down) {
    check_hsms(false);
  } else if (f.kind == fault_kind::component_crash) {
    switch (f.component) {
      case component::vault:
        if (const auto it = vaults.find(f.vault); it != vaults.end()) crash(it->second.actor);
        break;
      case component::crypto:
        crash(team.members.front());
        break;
      case component::zone:
        crash(at(f.zone).actor);
        break;
      case component::replicator:
        for (auto& [origin, source] : sources) crash(source.replicator);
        break;
      case component::supervisor:
        break;
    }
  }
  run_effects();
}

// Hands something to the log; what the log has no room for is refused at once.
template <class Enqueue>
void region_state::submit(pending_commit pending, Enqueue enqueue) {
  const auto token = next_token++;
  auto reply = pending.reply;
  commits[token] = std::move(pending);
  if (!enqueue(token)) {
    commits.erase(token);
    reply.deliver(commit_reply{});
  }
  run_effects();
}

caf::result<commit_reply> region_state::commit(const commit_request_ptr& request) {
  const auto it = vaults.find(request->vault);
  const bool current =
      it != vaults.end() && it->second.is_primary && it->second.incarnation == request->incarnation;
  if (!current || !supervisor) return commit_reply{};
  auto reply = self->make_response_promise<commit_reply>();
  if (leases.lease(now())) {
    commit_now(request, reply);
  } else {
    held.push_back({request, reply});
    if (held.size() == 1) beat();  // asks for the right; its answer is the others' too
  }
  return reply;
}

void region_state::commit_now(const commit_request_ptr& request, commit_promise reply) {
  submit({std::move(reply), true, {}, {}, {}, {}},
         [&](commit_token token) { return log->commit(token, request->vault, request->changes); });
}

void region_state::release_held(bool granted) {
  for (auto& waiting : std::exchange(held, {})) {
    const auto slot = vaults.find(waiting.request->vault);
    const bool current =
        slot != vaults.end() && slot->second.incarnation == waiting.request->incarnation;
    if (granted && current) {
      commit_now(waiting.request, waiting.reply);
    } else {
      waiting.reply.deliver(commit_reply{});
    }
  }
}

caf::result<commit_reply> region_state::commit_replicated(const replicated_commit_ptr& request) {
  auto reply = self->make_response_promise<commit_reply>();
  submit({reply, false, request->batches, {}, {}, {}},
         [&](commit_token token) { return log->commit_replicated(token, request->batches); });
  return reply;
}

caf::result<commit_reply> region_state::install(const replicated_install& request) {
  auto reply = self->make_response_promise<commit_reply>();
  submit({reply, false, {}, request.origin, {}, {}},
         [&](commit_token token) { return log->install(token, request.origin, request.snapshot); });
  return reply;
}

// Only what is committed leaves the region, and only its own changes.
caf::result<pull_reply_ptr> region_state::pull(const pull_request& request) {
  constexpr std::size_t at_once = 256;
  auto reply = std::make_shared<pull_reply>();
  reply->head = log->committed(region);
  const auto source = log->best_source();
  reply->ready = log->has_quorum() && source != 0;
  if (!reply->ready || request.after == reply->head) return pull_reply_ptr{std::move(reply)};
  auto promise = self->make_response_promise<pull_reply_ptr>();
  self->request(at(source).actor, caf::infinite,
                std::make_shared<const zone_command_t>(
                    zone_command::changes{region, request.after, at_once}))
      .then(
          [reply, promise](const zone_answer_ptr& answer) mutable {
            if (const auto* error = std::get_if<store_error>(answer.get())) {
              reply->gap = error->code == store_error_code::gap;
              reply->ready = reply->gap;
            } else {
              reply->batches = std::get<std::vector<batch_ptr>>(*answer);
              std::erase_if(reply->batches,
                            [&](const batch_ptr& b) { return b->at > reply->head; });
            }
            promise.deliver(pull_reply_ptr{reply});
          },
          [reply, promise](const caf::error&) mutable {
            reply->ready = false;
            promise.deliver(pull_reply_ptr{reply});
          });
  return promise;
}

caf::result<snapshot_ptr> region_state::snapshot() {
  const auto source = log->best_source();
  if (!log->has_quorum() || source == 0) return snapshot_ptr{};
  auto promise = self->make_response_promise<snapshot_ptr>();
  self->request(at(source).actor, caf::infinite,
                std::make_shared<const zone_command_t>(zone_command::snapshot{region}))
      .then(
          [this, promise](const zone_answer_ptr& answer) mutable {
            const auto* copy = std::get_if<snapshot_ptr>(answer.get());
            const bool committed =
                copy != nullptr && log->has_quorum() && (*copy)->at <= log->committed(region);
            promise.deliver(committed ? *copy : snapshot_ptr{});
          },
          [promise](const caf::error&) mutable { promise.deliver(snapshot_ptr{}); });
  return promise;
}

applied_reply region_state::applied(const std::string& origin) const {
  return {log->has_quorum(), log->committed(origin)};
}

namespace {

region_actor::behavior_type behave(region_actor::stateful_pointer<region_state> self,
                                   environment* env, const std::string& region,
                                   const supervisor_actor& supervisor) {
  auto& state = self->state;
  state.self = self;
  state.env = env;
  state.region = region;
  state.supervisor = supervisor;
  self->set_down_handler([self](const caf::down_msg& down) { self->state.on_down(down); });
  state.start();
  return {
      [self](const commit_request_ptr& request) { return self->state.commit(request); },
      [self](const pull_request& request) { return self->state.pull(request); },
      [self](snapshot_request) { return self->state.snapshot(); },
      [self](const replicated_commit_ptr& request) {
        return self->state.commit_replicated(request);
      },
      [self](const replicated_install& request) { return self->state.install(request); },
      [self](const applied_query& query) { return self->state.applied(query.origin); },
      [self](const replication_progress& progress) {
        for (auto& [source, s] : self->state.sources) {
          if (self->current_sender() == caf::actor_cast<caf::strong_actor_ptr>(s.replicator)) {
            self->state.note_progress(source, progress);
          }
        }
      },
      [self](const peer_notice& notice) {
        const auto it = self->state.sources.find(notice.region);
        if (it != self->state.sources.end()) self->send(it->second.replicator, notice);
      },
      [self](const supervisor_notice& notice) {
        self->state.supervisor = notice.supervisor;
        for (const auto& [vault, slot] : self->state.vaults) self->state.announce(slot);
        self->state.beat();
      },
      [self](const faults_changed& change) { self->state.on_fault(change); },
      [self](const vault_loaded& result) {
        self->state.loaded(result);
        self->state.run_effects();
      },
      [self](const registry_listing_ptr& listing) {
        self->state.adopt(*listing);
        self->state.run_effects();
      },
      [self](tick) { self->state.on_tick(); },
  };
}

}  // namespace

region_actor spawn_region(caf::actor_system& system, environment& env, const std::string& name,
                          supervisor_actor supervisor) {
  auto actor = system.spawn(behave, &env, name, std::move(supervisor));
  env.ice.enroll(caf::actor_cast<caf::actor>(actor), {name});
  return actor;
}

}  // namespace twinkeep::actors
