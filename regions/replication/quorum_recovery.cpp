// How a quorum is established and how a zone is let in: the second half of quorum_log.
#include <algorithm>

#include "regions/replication/quorum_log.hpp"

namespace twinkeep::regions {

using namespace quorum_effect;

namespace {
constexpr epoch after(epoch e) {
  return epoch{e.value + 1};
}
}  // namespace

// Steps 1 and 2. Blank disks found all new are admitted together: nothing was ever acknowledged.
// Two of them do not begin without the third: if one of the two were lost before the third was
// admitted, the other could never again find a second voter.
void quorum_log::try_establish() {
  if (stage_ != stage::recovering || !zones_in(zone_phase::reporting).empty()) return;
  const auto open = zones_in(zone_phase::opened);
  const bool all_blank =
      std::ranges::all_of(open, [&](unsigned zone) { return at(zone).report.blank(); });
  std::vector<unsigned> voters;
  for (unsigned zone : open) {
    if (at(zone).report.admitted) {
      voters.push_back(zone);
    } else if (all_blank && open.size() == replicas_per_region) {
      emit(admit_zone{zone});
    }
  }
  if (voters.size() < (all_blank ? replicas_per_region : majority)) return;
  epoch highest = epoch_;
  for (unsigned zone : voters) {
    highest = std::max(highest, at(zone).report.promised);
    for (const auto& [origin, position] : at(zone).report.positions) {
      if (origin == region_) highest = std::max(highest, position.epoch);
    }
  }
  epoch_ = after(highest);
  stage_ = stage::promising;
  for (unsigned zone : voters) emit(promise_epoch{zone, epoch_});
  for (unsigned zone : voters) at(zone).phase = zone_phase::syncing;
}

void quorum_log::admitted(unsigned zone) {
  auto& z = at(zone);
  if (z.phase == zone_phase::absent) return;
  z.report.admitted = true;
  if (stage_ == stage::recovering) {
    try_establish();
  } else if (stage_ == stage::active && catching_up_ == zone) {
    let_in(zone);
  }
}

void quorum_log::promised(unsigned zone, epoch number) {
  auto& z = at(zone);
  if (stage_ != stage::promising || number != epoch_ || z.phase != zone_phase::syncing) return;
  z.has_promised = true;
  z.report.promised = number;
  const auto taking_part = zones_in(zone_phase::syncing);
  if (std::ranges::all_of(taking_part, [&](unsigned v) { return at(v).has_promised; })) {
    start_levelling();
  }
}

unsigned quorum_log::best_for(std::string_view origin, const std::vector<unsigned>& zones) const {
  unsigned best = 0;
  log_position furthest;
  for (unsigned zone : zones) {
    const auto position = position_of(zone, origin);
    if (best == 0 || position > furthest) {
      best = zone;
      furthest = position;
    }
  }
  return best;
}

std::vector<std::string> quorum_log::known_origins() const {
  std::set<std::string> origins{region_};
  for (const auto& z : zones_) {
    for (const auto& [origin, position] : z.report.positions) origins.insert(origin);
  }
  return {origins.begin(), origins.end()};
}

// Step 3: everyone is brought to the end of the longest log, origin by origin.
void quorum_log::start_levelling() {
  stage_ = stage::levelling;
  for (unsigned zone : zones_in(zone_phase::syncing)) at(zone).to_sync = known_origins();
  for (unsigned zone : zones_in(zone_phase::syncing)) {
    if (stage_ == stage::levelling) continue_sync(zone);
  }
}

void quorum_log::advance_levelling() {
  const auto taking_part = zones_in(zone_phase::syncing);
  const bool level =
      std::ranges::all_of(taking_part, [&](unsigned zone) { return at(zone).to_sync.empty(); });
  if (level && stage_ == stage::levelling) write_marker();
}

// Step 4.
void quorum_log::write_marker() {
  stage_ = stage::marking;
  const auto taking_part = zones_in(zone_phase::syncing);
  sent_group group;
  // The others' logs were compared with the best one's. All that is there will be committed with
  // the marker, and not before: a later quorum may still find a log that ends later (Raft, fig. 8).
  group.ends = at(taking_part.front()).report.positions;
  last_sent_ = {epoch_, position(taking_part.front()).revision.next()};
  group.ends[region_] = last_sent_;
  for (unsigned zone : taking_part) {
    at(zone).phase = zone_phase::in_sync;
    at(zone).backlog = 0;
  }
  auto batches = std::make_shared<std::vector<batch_ptr>>();
  batches->push_back(std::make_shared<const batch>(batch{region_, last_sent_, {}, {}}));
  send_group(std::move(group), batches, nullptr, {});
}

// A zone that came after the quorum: copies while commits go on; when it is nearly level, commits
// are held for the moment that the last changes take, so that it misses none.
void quorum_log::start_catch_up() {
  if (stage_ != stage::active || catching_up_ != 0) return;
  const auto waiting = zones_in(zone_phase::opened);
  if (waiting.empty()) return;
  catching_up_ = waiting.front();
  auto& z = at(catching_up_);
  z.phase = zone_phase::syncing;
  z.to_sync = known_origins();
  z.final_pass = false;
  continue_sync(catching_up_);
}

void quorum_log::continue_sync(unsigned zone) {
  auto& z = at(zone);
  const bool levelling = stage_ == stage::levelling;
  while (!z.to_sync.empty()) {
    const auto& origin = z.to_sync.back();
    const unsigned from =
        levelling ? best_for(origin, zones_in(zone_phase::syncing)) : best_source(zone);
    if (from == 0) return;  // every source is behind for a moment; settle_in_flight comes back
    const auto mine = position_of(zone, origin);
    if (from != zone && position_of(from, origin) != mine) {
      emit(sync_zone{zone, from, origin, mine});
      return;
    }
    z.to_sync.pop_back();
  }
  if (levelling) {
    advance_levelling();
    return;
  }
  if (!z.final_pass) {
    z.final_pass = true;
    holding_ = true;
  }
  if (in_flight_ != 0) return;  // the last group; settle_in_flight continues
  const auto source = best_source(zone);
  if (source == 0) return;
  for (const auto& origin : known_origins()) {
    if (position_of(source, origin) != position_of(zone, origin)) z.to_sync.push_back(origin);
  }
  if (!z.to_sync.empty()) {
    continue_sync(zone);
  } else if (z.report.admitted) {
    let_in(zone);
  } else {
    emit(admit_zone{zone});
  }
}

void quorum_log::let_in(unsigned zone) {
  auto& z = at(zone);
  z.phase = zone_phase::in_sync;
  z.backlog = 0;
  catching_up_ = 0;
  holding_ = false;
  emit(zone_entered{zone});
  start_catch_up();
  start_group();
}

void quorum_log::synced(unsigned zone, const std::string& origin, log_position reached, bool more) {
  auto& z = at(zone);
  if (z.phase != zone_phase::syncing) return;
  z.report.positions[origin] = reached;
  if (!more && !z.to_sync.empty() && z.to_sync.back() == origin) z.to_sync.pop_back();
  if (stage_ == stage::levelling || catching_up_ == zone) continue_sync(zone);
}

void quorum_log::sync_source_failed(unsigned zone, unsigned from) {
  if (at(zone).phase != zone_phase::syncing) return;
  lost(from);  // a zone that cannot be read is lost; in recovery that begins everything anew
  if (at(zone).phase == zone_phase::syncing && catching_up_ == zone) continue_sync(zone);
}

}  // namespace twinkeep::regions
