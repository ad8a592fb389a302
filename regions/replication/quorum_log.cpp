#include "regions/replication/quorum_log.hpp"

#include <algorithm>

namespace twinkeep::regions {

using namespace quorum_effect;

quorum_log::quorum_log(std::string region) : region_(std::move(region)) {}

void quorum_log::opened(unsigned zone, const zone_report& report) {
  auto& z = at(zone);
  z = zone_state{};
  z.phase = zone_phase::opened;
  z.report = report;
  if (stage_ == stage::active) {
    start_catch_up();
  } else if (stage_ == stage::recovering) {
    try_establish();
  }
}

void quorum_log::lost(unsigned zone) {
  auto& z = at(zone);
  if (z.phase == zone_phase::absent) return;
  const bool was_in_sync = z.phase == zone_phase::in_sync;
  const bool took_part = was_in_sync || z.phase == zone_phase::syncing;
  z = zone_state{};
  if (catching_up_ == zone) {
    catching_up_ = 0;
    holding_ = false;
  }
  if (was_in_sync && stage_ == stage::active) emit(zone_left{zone});
  for (auto& [id, group] : groups_) {
    group.acknowledged.erase(zone);
    group.awaited.erase(zone);
  }
  std::erase_if(groups_, [](const auto& entry) { return entry.second.is_done(); });
  switch (stage_) {
    case stage::active:
      if (zones_in_sync() < majority) {
        lose_quorum();
      } else {
        settle_in_flight();
        start_catch_up();
        start_group();
      }
      break;
    case stage::recovering:
      try_establish();  // it may have been the last whose report was waited for
      break;
    case stage::promising:
    case stage::levelling:
    case stage::marking:
      // Begin again with whoever is left; a marker half written is harmless.
      if (took_part) lose_quorum();
      break;
  }
}

// Every commit under way is in doubt; the zones that are left are asked anew where their logs end,
// since they may hold more than they have acknowledged.
void quorum_log::lose_quorum() {
  const bool was_active = stage_ == stage::active;
  stage_ = stage::recovering;
  catching_up_ = 0;
  holding_ = false;
  if (in_flight_ != 0) {
    auto& group = groups_.at(in_flight_);
    if (!group.tokens.empty()) {
      doubtful_ = true;
      emit(refused{group.tokens, true});
    }
    in_flight_ = 0;
  }
  groups_.clear();
  if (was_active) emit(quorum_lost{});
  refuse_queued();
  for (unsigned zone = 1; zone <= replicas_per_region; ++zone) {
    auto& z = at(zone);
    if (z.phase == zone_phase::absent || z.phase == zone_phase::reporting) continue;
    if (z.phase == zone_phase::in_sync && was_active) emit(zone_left{zone});
    z = zone_state{};
    z.phase = zone_phase::reporting;
    emit(report_zone{zone});
  }
}

void quorum_log::refuse_queued() {
  refused none{{}, false};
  for (const auto& commit : queue_) none.tokens.push_back(commit.token);
  queue_.clear();
  if (!none.tokens.empty()) emit(std::move(none));
}

bool quorum_log::commit(commit_token token, std::string vault, std::vector<record_change> changes) {
  if (!has_quorum()) {
    emit(refused{{token}, false});
    return true;
  }
  if (queue_.size() >= max_queued_commits) return false;
  queue_.push_back({token, std::move(vault), std::move(changes), {}, {}, {}});
  start_group();
  return true;
}

bool quorum_log::commit_replicated(commit_token token, std::vector<batch_ptr> batches) {
  if (!has_quorum()) {
    emit(refused{{token}, false});
    return true;
  }
  if (queue_.size() >= max_queued_commits) return false;
  queue_.push_back({token, {}, {}, std::move(batches), {}, {}});
  start_group();
  return true;
}

bool quorum_log::install(commit_token token, std::string origin,
                         std::shared_ptr<const store_snapshot> snapshot) {
  if (!has_quorum()) {
    emit(refused{{token}, false});
    return true;
  }
  if (queue_.size() >= max_queued_commits) return false;
  queue_.push_back({token, {}, {}, {}, std::move(origin), std::move(snapshot)});
  start_group();
  return true;
}

void quorum_log::drop_queued(const std::string& vault) {
  refused gone{{}, false};
  std::erase_if(queue_, [&](const queued_commit& commit) {
    if (commit.vault != vault || commit.vault.empty()) return false;
    gone.tokens.push_back(commit.token);
    return true;
  });
  if (!gone.tokens.empty()) emit(std::move(gone));
}

// Everything that waits goes to disk together: one sync for many commits.
void quorum_log::start_group() {
  if (stage_ != stage::active || in_flight_ != 0 || holding_ || queue_.empty()) return;
  sent_group group;
  if (queue_.front().snapshot) {
    auto commit = std::move(queue_.front());
    queue_.pop_front();
    group.tokens.push_back(commit.token);
    group.ends[commit.origin] = commit.snapshot->at;
    group.replaces = true;
    send_group(std::move(group), nullptr, commit.snapshot, commit.origin);
    return;
  }
  auto batches = std::make_shared<std::vector<batch_ptr>>();
  while (!queue_.empty() && !queue_.front().snapshot && batches->size() < max_group_batches) {
    auto commit = std::move(queue_.front());
    queue_.pop_front();
    group.tokens.push_back(commit.token);
    for (auto& b : commit.replicated) {
      auto& end = group.ends[b->origin];
      end = std::max(end, b->at);
      batches->push_back(std::move(b));
    }
    if (commit.vault.empty()) continue;
    last_sent_ = {epoch_, last_sent_.revision.next()};
    group.vaults.insert(commit.vault);
    group.ends[region_] = last_sent_;
    batches->push_back(std::make_shared<const batch>(
        batch{region_, last_sent_, std::move(commit.vault), std::move(commit.changes)}));
  }
  send_group(std::move(group), batches, nullptr, {});
}

void quorum_log::send_group(sent_group group, const batch_group& batches,
                            std::shared_ptr<const store_snapshot> snapshot,
                            const std::string& origin) {
  const auto id = next_group_++;
  const auto zones = zones_in(zone_phase::in_sync);
  group.awaited.insert(zones.begin(), zones.end());
  in_flight_ = id;
  groups_.emplace(id, std::move(group));
  std::vector<unsigned> too_slow;
  for (unsigned zone : zones) {
    if (++at(zone).backlog > max_zone_backlog) too_slow.push_back(zone);
    if (snapshot) {
      emit(install_origin{zone, id, origin, snapshot});
    } else {
      emit(append_group{zone, id, batches});
    }
  }
  for (unsigned zone : too_slow) {
    emit(zone_given_up{zone});
    lost(zone);
  }
}

void quorum_log::appended(unsigned zone, std::uint64_t id) {
  auto& z = at(zone);
  const auto it = groups_.find(id);
  if (it == groups_.end() || it->second.awaited.erase(zone) == 0) return;
  auto& group = it->second;
  --z.backlog;
  move_to(z.report.positions, group);
  group.acknowledged.insert(zone);
  if (id == in_flight_) {
    settle_in_flight();
  } else if (group.is_done()) {
    groups_.erase(it);
  }
}

// A batch that was held already moves nothing back; an installed snapshot may.
void quorum_log::move_to(position_map& positions, const sent_group& group) {
  for (const auto& [origin, end] : group.ends) {
    auto& position = positions[origin];
    position = group.replaces ? end : std::max(position, end);
  }
}

// Two of the zones in sync have it: committed, whatever the third one does.
void quorum_log::settle_in_flight() {
  if (in_flight_ == 0) return;
  const auto it = groups_.find(in_flight_);
  auto& group = it->second;
  if (group.acknowledged.size() < majority) return;
  group.is_committed = true;
  in_flight_ = 0;
  if (stage_ == stage::marking) committed_.clear();  // the marker's group says it all
  move_to(committed_, group);
  if (!group.tokens.empty()) emit(quorum_effect::committed{std::move(group.tokens)});
  if (group.is_done()) groups_.erase(it);
  if (stage_ == stage::marking) {
    stage_ = stage::active;
    had_quorum_ = true;
    emit(quorum_gained{std::exchange(doubtful_, false)});
    for (unsigned zone : zones_in(zone_phase::in_sync)) emit(zone_entered{zone});
    start_catch_up();
  }
  if (holding_ && catching_up_ != 0) {
    continue_sync(catching_up_);
  } else {
    start_group();
  }
}

log_position quorum_log::committed(std::string_view origin) const {
  const auto it = committed_.find(origin);
  return it == committed_.end() ? log_position{} : it->second;
}

log_position quorum_log::position(unsigned zone) const {
  return position_of(zone, region_);
}

// An origin that the zone has never heard of and one of which it has nothing are the same.
log_position quorum_log::position_of(unsigned zone, std::string_view origin) const {
  const auto& positions = at(zone).report.positions;
  const auto it = positions.find(origin);
  return it == positions.end() ? log_position{} : it->second;
}

unsigned quorum_log::zones_in_sync() const {
  return static_cast<unsigned>(zones_in(zone_phase::in_sync).size());
}

bool quorum_log::in_flight(const std::string& vault) const {
  return in_flight_ != 0 && groups_.at(in_flight_).vaults.contains(vault);
}

// What a zone in sync was not sent, it had when it was let in.
unsigned quorum_log::best_source(unsigned except) const {
  for (unsigned zone : zones_in(zone_phase::in_sync)) {
    const bool lacks_some = std::ranges::any_of(groups_, [&](const auto& entry) {
      return entry.second.is_committed && entry.second.awaited.contains(zone);
    });
    if (zone != except && !lacks_some) return zone;
  }
  return 0;
}

std::vector<unsigned> quorum_log::zones_in(zone_phase phase) const {
  std::vector<unsigned> found;
  for (unsigned zone = 1; zone <= replicas_per_region; ++zone) {
    if (at(zone).phase == phase) found.push_back(zone);
  }
  return found;
}

std::vector<quorum_effect_t> quorum_log::take_effects() {
  return std::exchange(effects_, {});
}

}  // namespace twinkeep::regions
