#include "regions/failover/failure_detector.hpp"

#include <algorithm>
#include <utility>

namespace twinkeep::regions {

failure_detector::failure_detector(const failover_timings& timings,
                                   const std::vector<std::string>& regions, instant now)
    : timings_(timings) {
  for (const auto& region : regions) {
    regions_[region] = {region_phase::starting, now, now, now};
  }
}

void failure_detector::move(const std::string& region, observed& o, region_phase to, instant now) {
  const auto from = std::exchange(o.phase, to);
  duration took{};
  if (to == region_phase::suspected || to == region_phase::down) {
    took = now - o.last_heard;
    // A region that falters while returning is still the same loss.
    if (from != region_phase::returning) o.lost_at = o.last_heard;
  } else {
    took = now - o.lost_at;
  }
  if (to == region_phase::returning) o.stable_since = now;
  changes_.push_back({region, from, to, took});
}

// Silence of a region that is up is judged by advance() alone: if the supervisor itself was held
// up, the heartbeats that waited for it must not look like a loss. A returning region gets no such
// benefit, because waiting longer costs nothing.
void failure_detector::observe(std::string_view region, const heartbeat& beat, instant now) {
  const auto it = regions_.find(region);
  if (it == regions_.end() || beat.zones_serving == 0) return;
  auto& [name, o] = *it;
  if (o.phase == region_phase::returning &&
      (!beat.has_quorum || now - o.last_heard >= timings_.suspect_after())) {
    move(name, o, region_phase::down, now);
  }
  if (o.phase == region_phase::starting || o.phase == region_phase::suspected) {
    move(name, o, region_phase::up, now);
  } else if (o.phase == region_phase::down && beat.has_quorum) {
    move(name, o, region_phase::returning, now);
  }
  o.last_heard = now;
}

void failure_detector::observe_exit(std::string_view region, instant now) {
  const auto it = regions_.find(region);
  if (it == regions_.end()) return;
  auto& [name, o] = *it;
  if (o.phase == region_phase::up) move(name, o, region_phase::suspected, now);
  if (o.phase == region_phase::returning) move(name, o, region_phase::down, now);
}

void failure_detector::excuse(duration held_up, instant now) {
  for (auto& [name, o] : regions_) o.last_heard = std::min(o.last_heard + held_up, now);
}

std::vector<phase_change> failure_detector::advance(instant now) {
  for (auto& [name, o] : regions_) {
    const auto silence = now - o.last_heard;
    const bool silent = silence >= timings_.suspect_after();
    const bool lost = silence >= timings_.detect_after;
    if (o.phase == region_phase::up && silent) move(name, o, region_phase::suspected, now);
    if ((o.phase == region_phase::starting || o.phase == region_phase::suspected) && lost) {
      move(name, o, region_phase::down, now);
    }
    if (o.phase != region_phase::returning) continue;
    if (silent) {
      move(name, o, region_phase::down, now);
    } else if (now - o.stable_since >= timings_.failback_after) {
      move(name, o, region_phase::up, now);
    }
  }
  return std::exchange(changes_, {});
}

region_phase failure_detector::phase(std::string_view region) const {
  const auto it = regions_.find(region);
  return it == regions_.end() ? region_phase::down : it->second.phase;
}

void failure_detector::resume(std::string_view region, region_phase phase, instant now) {
  const auto it = regions_.find(region);
  if (it != regions_.end()) it->second = {phase, now, now, now};
}

std::string_view to_string(region_phase phase) {
  switch (phase) {
    case region_phase::starting:
      return "starting";
    case region_phase::up:
      return "up";
    case region_phase::suspected:
      return "suspected";
    case region_phase::down:
      return "down";
    case region_phase::returning:
      return "returning";
  }
  return "?";
}

}  // namespace twinkeep::regions
