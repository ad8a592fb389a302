#include <spdlog/spdlog.h>

#include "actors/region_state.hpp"

namespace twinkeep::actors {

using namespace regions;

namespace {

constexpr std::size_t changes_at_once = 256;

zone_command_ptr share(zone_command_t c) {
  return std::make_shared<const zone_command_t>(std::move(c));
}

}  // namespace

void region_state::command(unsigned zone, zone_command_t c, answer_handler done,
                           error_handler on_error) {
  if (!at(zone).actor) return;  // lost since the log asked for it
  const auto generation = at(zone).generation;
  self->request(at(zone).actor, caf::infinite, share(std::move(c)))
      .then(
          [this, zone, generation, done = std::move(done),
           on_error = std::move(on_error)](const zone_answer_ptr& answer) {
            if (at(zone).generation != generation) return;
            if (const auto* error = std::get_if<store_error>(answer.get())) {
              if (on_error && on_error(*error)) {
                run_effects();
                return;
              }
              if (error->code == store_error_code::corrupt) at(zone).wipe_first = true;
              fail_zone(zone, error->message);
            } else {
              done(*answer);
            }
            run_effects();
          },
          [this, zone, generation](const caf::error&) {
            if (at(zone).generation != generation) return;
            fail_zone(zone, "its actor ended");
            run_effects();
          });
}

void region_state::open_zone(unsigned zone) {
  auto& slot = at(zone);
  slot.retry_set = false;
  if (env->faults.zone_down(region, zone)) return;
  ++slot.generation;
  slot.ping_out = false;
  slot.actor = spawn_zone(self->system(), *env, region, zone);
  self->monitor(slot.actor);
  command(
      zone, zone_command::open{slot.wipe_first},
      [this, zone](const zone_answer_t& answer) {
        at(zone).wipe_first = false;
        at(zone).trouble.clear();
        log->opened(zone, std::get<zone_report>(answer));
      },
      [this](const store_error& error) {
        if (error.code == store_error_code::unknown_format) env->fatal(error.message);
        return false;
      });
}

// The zone is out: whatever it still says does not count. It is tried again after a pause.
void region_state::fail_zone(unsigned zone, const std::string& why) {
  auto& slot = at(zone);
  ++slot.generation;
  slot.trouble = why;
  spdlog::warn("zone {}/{} is out: {}", region, zone, why);
  if (slot.actor) {
    const auto actor = std::exchange(slot.actor, nullptr);
    self->demonitor(actor->address());
    caf::anon_send_exit(actor, caf::exit_reason::kill);
  }
  slot.retry_set = true;
  slot.retry_at = now() + env->topology.timings.pause_after(slot.failures++) / 4;
  log->lost(zone);
}

// `was_stalled`: this actor itself was held up, so silence of the zones means nothing yet.
void region_state::check_zones(bool was_stalled) {
  for (unsigned zone = 1; zone <= replicas_per_region; ++zone) {
    auto& slot = at(zone);
    if (slot.actor && env->faults.zone_down(region, zone)) {
      fail_zone(zone, "taken down by a drill");
    }
    if (slot.actor && slot.ping_out && !was_stalled &&
        now() - slot.ping_sent >= env->topology.timings.zone_timeout) {
      fail_zone(zone, "does not answer");
    }
    if (was_stalled) slot.ping_sent = now();
    if (!slot.actor) {
      if ((!slot.retry_set || now() >= slot.retry_at) && !env->faults.zone_down(region, zone)) {
        open_zone(zone);
      }
    } else if (!slot.ping_out) {
      slot.ping_out = true;
      slot.ping_sent = now();
      command(zone, zone_command::ping{}, [this, zone](const zone_answer_t&) {
        at(zone).ping_out = false;
        if (at(zone).is_in) at(zone).failures = 0;
      });
    }
  }
  run_effects();
}

void region_state::run_effects() {
  if (effects_running) return;
  effects_running = true;
  for (auto effects = log->take_effects(); !effects.empty(); effects = log->take_effects()) {
    for (const auto& effect : effects) carry_out(effect);
  }
  effects_running = false;
}

namespace {

template <class... Handlers>
struct overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
overloaded(Handlers...) -> overloaded<Handlers...>;

}  // namespace

void region_state::carry_out(const quorum_effect_t& effect) {
  std::visit(overloaded{
                 [this](const quorum_effect::report_zone& e) {
                   command(e.zone, zone_command::report{}, [this, e](const zone_answer_t& answer) {
                     log->opened(e.zone, std::get<zone_report>(answer));
                   });
                 },
                 [this](const quorum_effect::promise_epoch& e) {
                   command(e.zone, zone_command::promise{e.number},
                           [this, e](const zone_answer_t&) { log->promised(e.zone, e.number); });
                 },
                 [this](const quorum_effect::admit_zone& e) {
                   command(e.zone, zone_command::admit{},
                           [this, e](const zone_answer_t&) { log->admitted(e.zone); });
                 },
                 [this](const quorum_effect::append_group& e) {
                   command(e.zone, zone_command::append{e.batches},
                           [this, zone = e.zone, group = e.group](const zone_answer_t&) {
                             log->appended(zone, group);
                           });
                 },
                 [this](const quorum_effect::install_origin& e) {
                   command(e.zone, zone_command::install{e.origin, e.snapshot},
                           [this, zone = e.zone, group = e.group](const zone_answer_t&) {
                             log->appended(zone, group);
                           });
                 },
                 [this](const quorum_effect::sync_zone& e) { sync(e); },
                 [this](const quorum_effect::committed& e) { settle(e.tokens, true, false); },
                 [this](const quorum_effect::refused& e) { settle(e.tokens, false, e.in_doubt); },
                 [this](const quorum_effect::zone_entered& e) {
                   auto& slot = at(e.zone);
                   const auto took = now() - std::exchange(slot.changed_at, now());
                   slot.is_in = true;
                   record(event_kind::zone_in, e.zone, {}, took);
                   place_all();
                 },
                 [this](const quorum_effect::zone_left& e) {
                   auto& slot = at(e.zone);
                   slot.is_in = false;
                   slot.changed_at = now();
                   record(event_kind::zone_out, e.zone, slot.trouble,
                          slot.ping_out ? now() - slot.ping_sent : duration{});
                   if (log->has_quorum()) rehome_from(e.zone);
                 },
                 [this](const quorum_effect::zone_given_up& e) {
                   fail_zone(e.zone, "is too far behind the others");
                 },
                 [this](const quorum_effect::quorum_gained& e) {
                   if (quorum_lost_at) {
                     record(event_kind::quorum_gained, 0, {}, now() - *quorum_lost_at);
                     quorum_lost_at.reset();
                   }
                   beat();  // and with it for the right to acknowledge
                   if (e.doubtful) reload_primaries();
                   for (unsigned zone = 1; zone <= replicas_per_region; ++zone) {
                     if (log->phase(zone) != zone_phase::in_sync) rehome_from(zone);
                   }
                   place_all();
                 },
                 [this](const quorum_effect::quorum_lost&) {
                   quorum_lost_at = now();
                   record(event_kind::quorum_lost, 0, "writes are refused, reads go on");
                 },
             },
             effect);
}

void region_state::settle(const std::vector<commit_token>& tokens, bool committed, bool in_doubt) {
  for (const auto token : tokens) {
    auto node = commits.extract(token);
    if (node.empty()) continue;
    auto& pending = node.mapped();
    if (pending.reply.pending()) {
      commit_reply reply{committed, in_doubt, {}};
      if (pending.is_clients && committed) reply.lease = leases.lease(now());
      pending.reply.deliver(reply);
    }
    if (const auto it = vaults.find(pending.key_made_for); it != vaults.end()) {
      it->second.making_key = false;
    }
    if (committed && !pending.replicated.empty()) hand_to_copies(pending.replicated);
    if (committed && !pending.installed.empty()) reload_copies(pending.installed);
    if (pending.done) pending.done(committed);
  }
  place_all();  // a vault may have waited for its last commit, or for its key
}

// Copies what `to` lacks; what arrives after `to` was lost is of no use to it, and could undo what
// it has copied since.
void region_state::sync(const quorum_effect::sync_zone& s) {
  const auto generation = at(s.to).generation;
  command(
      s.from, zone_command::changes{s.origin, s.after, changes_at_once},
      [this, s, generation](const zone_answer_t& answer) {
        if (at(s.to).generation != generation) return;
        if (log->phase(s.to) != zone_phase::syncing) return;
        const auto& batches = std::get<std::vector<batch_ptr>>(answer);
        if (batches.empty()) {
          sync_by_snapshot(s);
          return;
        }
        const auto reached = batches.back()->at;
        const bool more = batches.size() >= changes_at_once;
        auto group = std::make_shared<const std::vector<batch_ptr>>(batches);
        command(
            s.to, zone_command::append{std::move(group)},
            [this, s, reached, more](const zone_answer_t&) {
              log->synced(s.to, s.origin, reached, more);
            },
            [this, s](const store_error& error) {
              if (error.code != store_error_code::out_of_order) return false;
              sync_by_snapshot(s);  // what it has there is of another history
              return true;
            });
      },
      [this, s, generation](const store_error& error) {
        if (error.code != store_error_code::gap) {
          log->sync_source_failed(s.to, s.from);
          return false;
        }
        if (at(s.to).generation != generation) return true;
        if (log->phase(s.to) == zone_phase::syncing) sync_by_snapshot(s);
        return true;
      });
}

void region_state::sync_by_snapshot(const quorum_effect::sync_zone& s) {
  const auto generation = at(s.to).generation;
  command(
      s.from, zone_command::snapshot{s.origin},
      [this, s, generation](const zone_answer_t& answer) {
        if (at(s.to).generation != generation) return;
        if (log->phase(s.to) != zone_phase::syncing) return;
        auto copy = std::get<std::shared_ptr<const store_snapshot>>(answer);
        const auto reached = copy->at;
        command(s.to, zone_command::install{s.origin, std::move(copy)},
                [this, s, reached](const zone_answer_t&) {
                  log->synced(s.to, s.origin, reached, false);
                });
      },
      [this, s](const store_error&) {
        log->sync_source_failed(s.to, s.from);
        return false;
      });
}

}  // namespace twinkeep::actors
