#include <spdlog/spdlog.h>

#include <algorithm>

#include "actors/region_state.hpp"

namespace twinkeep::actors {

using namespace regions;

namespace {

std::string text_of(const caf::error& e) {
  if (e.context().match_elements<std::string>()) return e.context().get_as<std::string>(0);
  return "its actor ended";
}

}  // namespace

const hsm_config& region_state::config_of(const hsm_slot& slot) const {
  return env->topology.hsms.at(slot.token);
}

void region_state::start_hsms() {
  for (std::size_t token = 0; token < env->topology.hsms.size(); ++token) {
    if (env->topology.hsms[token].region != region) continue;
    hsm_slot slot;
    slot.token = token;
    slot.changed_at = now();
    slot.retry_at = now();
    hsms.push_back(std::move(slot));
  }
}

bool region_state::is_held_down(const hsm_slot& slot) const {
  const auto zone = config_of(slot).zone;
  return env->faults.zone_down(region, zone) || env->faults.hsm_down(region, zone);
}

// Asks the token; `done` gets the answer unless the token failed meanwhile.
template <class Question>
void region_state::ask_hsm(hsm_slot& slot, Question question, std::function<void(hsm_slot&)> done) {
  slot.ask_out = true;
  slot.asked_at = now();
  const auto index = static_cast<std::size_t>(&slot - hsms.data());
  const auto generation = slot.generation;
  self->request(slot.actor, caf::infinite, question)
      .then(
          [this, index, generation, done = std::move(done)](const hsm_report& report) {
            auto& answering = hsms.at(index);
            if (answering.generation != generation) return;
            answering.ask_out = false;
            answering.report = report;
            done(answering);
          },
          [this, index, generation](const caf::error& e) {
            auto& failed = hsms.at(index);
            if (failed.generation == generation) fail_hsm(failed, text_of(e));
          });
}

void region_state::open_hsm(hsm_slot& slot) {
  ++slot.generation;
  slot.actor = spawn_hsm(self->system(), *env, slot.token);
  self->monitor(slot.actor);
  ask_hsm(slot, hsm_command::open{}, [this](hsm_slot& opened) {
    opened.trouble.clear();
    opened.is_in = true;
    record(event_kind::hsm_in, config_of(opened).zone, config_of(opened).where.token,
           now() - std::exchange(opened.changed_at, now()));
    opened.told_gone.clear();
    tell_gone(opened);
    announce_hsms();
  });
}

// `was_stalled`: this actor itself was held up, so silence of the tokens means nothing yet.
void region_state::check_hsms(bool was_stalled) {
  for (auto& slot : hsms) {
    const bool held_down = is_held_down(slot);
    if (held_down) {
      if (slot.actor) fail_hsm(slot, "taken down by a drill");
      slot.failures = 0;
      slot.retry_at = now();
      continue;
    }
    if (was_stalled) slot.asked_at = now();
    const bool is_silent =
        slot.ask_out && now() - slot.asked_at >= env->topology.timings.zone_timeout;
    if (slot.actor && is_silent) fail_hsm(slot, "does not answer");
    if (!slot.actor && now() >= slot.retry_at) {
      open_hsm(slot);
    } else if (slot.actor && !slot.ask_out) {
      ask_hsm(slot, hsm_command::ask{}, [](hsm_slot& well) { well.failures = 0; });
    }
  }
}

// The token is out: what it still says does not count, and whoever waits for it asks the other one.
void region_state::fail_hsm(hsm_slot& slot, const std::string& why) {
  ++slot.generation;
  const bool is_news = slot.trouble != why;
  slot.trouble = why;
  slot.ask_out = false;
  if (slot.actor) {
    const auto actor = std::exchange(slot.actor, nullptr);
    self->demonitor(actor->address());
    caf::anon_send_exit(actor, caf::exit_reason::kill);
  }
  slot.retry_at = now() + env->topology.timings.pause_after(slot.failures++);
  const auto& config = config_of(slot);
  if (is_news) {
    spdlog::warn("HSM token {} of zone {}/{} is out: {}", config.where.token, region, config.zone,
                 why);
  }
  if (!std::exchange(slot.is_in, false)) return;
  slot.changed_at = now();
  record(event_kind::hsm_out, config.zone, config.where.token + ": " + why);
  announce_hsms();
}

hsm_team region_state::usable_hsms() const {
  hsm_team usable;
  for (const auto& slot : hsms) {
    if (slot.is_in) usable.members.push_back(slot.actor);
  }
  return usable;
}

void region_state::announce_hsms() {
  const auto usable = usable_hsms();
  for (const auto& member : team.members) self->send(member, usable);
  for (const auto& [vault, slot] : vaults) {
    if (slot.actor) self->send(slot.actor, usable);
  }
}

// Of each vault that is gone, once. If one of its name comes, it tells the token later than this
// what it wants. Before all registries were heard, one of the names may be another's by now.
void region_state::tell_gone(hsm_slot& slot) {
  const auto is_heard = [this](const auto& source) { return listed.contains(source.first); };
  if (!slot.is_in || !listed.contains(region) || !std::ranges::all_of(sources, is_heard)) return;
  std::set<std::string, std::less<>> told;
  for (const auto& [origin, names] : gone) {
    for (const auto& vault : names) {
      if (vaults.contains(vault) || !told.insert(vault).second) continue;
      if (slot.told_gone.contains(vault)) continue;
      self->send(slot.actor, std::make_shared<const hsm_wishes>(
                                 hsm_wishes{vault, {}, {}, {}, hsm_wishes::others::go}));
    }
  }
  slot.told_gone = std::move(told);
}

std::vector<hsm_status> region_state::hsm_statuses() const {
  std::vector<hsm_status> statuses;
  for (const auto& slot : hsms) {
    hsm_status s;
    s.zone = config_of(slot).zone;
    s.token = config_of(slot).where.token;
    s.state = !slot.is_in ? "down" : slot.report.missing > 0 ? "filling" : "up";
    s.trouble = slot.trouble;
    if (slot.is_in) s.report = slot.report;
    statuses.push_back(std::move(s));
  }
  return statuses;
}

}  // namespace twinkeep::actors
