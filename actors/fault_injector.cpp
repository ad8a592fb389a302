#include "actors/fault_injector.hpp"

namespace twinkeep::actors {

using regions::fault;
using regions::fault_kind;

void fault_injector::begin(const fault& f) {
  std::lock_guard lock(mutex_);
  if (f.kind == fault_kind::clock_advance) {
    advance_clock(f);
  } else if (f.momentary()) {
    tell(f, true);
  } else if (held_[f]++ == 0) {
    apply(f, true);
  }
}

void fault_injector::end(const fault& f) {
  std::lock_guard lock(mutex_);
  const auto it = held_.find(f);
  if (it == held_.end() || --it->second > 0) return;
  held_.erase(it);
  apply(f, false);
}

void fault_injector::end_all() {
  std::lock_guard lock(mutex_);
  for (const auto& [f, count] : held_) apply(f, false);
  held_.clear();
}

void fault_injector::apply(const fault& f, bool active) {
  switch (f.kind) {
    case fault_kind::region_frozen:
    case fault_kind::zone_frozen: {
      const auto group =
          f.kind == fault_kind::region_frozen ? f.region : f.region + '/' + std::to_string(f.zone);
      if (active) {
        env_.ice.freeze(group);
      } else {
        env_.ice.thaw(group, system_.scheduler());
      }
      return;
    }
    case fault_kind::fsync_error:
      env_.medium.faults(f.region, f.zone).fail_sync = active;
      return;
    case fault_kind::region_down:
    case fault_kind::zone_down:
    case fault_kind::hsm_down:
    case fault_kind::link_cut:
      if (active) {
        env_.faults.add(f);
      } else {
        env_.faults.remove(f);
      }
      tell(f, active);
      return;
    case fault_kind::throttled:
      // Decided where requests come in; no actor has to know.
      if (active) {
        env_.faults.add(f);
      } else {
        env_.faults.remove(f);
      }
      return;
    case fault_kind::zone_wiped:
    case fault_kind::component_crash:
    case fault_kind::clock_advance:
      return;
  }
}

// Vaults look for what is due once a minute; what has become due at once is to happen at once. A
// region wakes those that it has placed; one that is being placed looks as soon as it is.
void fault_injector::advance_clock(const fault& f) {
  if (env_.drill_clock == nullptr) return;
  env_.drill_clock->advance(std::chrono::seconds{f.seconds});
  for (const auto& r : env_.topology.regions) {
    if (auto region = env_.where.region(std::string{r.facts->name})) {
      caf::anon_send(region, faults_changed{f, true});
    }
  }
}

void fault_injector::tell(const fault& f, bool active) {
  const bool to_supervisor =
      f.kind == fault_kind::region_down ||
      (f.kind == fault_kind::component_crash && f.component == regions::component::supervisor);
  if (to_supervisor) {
    if (auto supervisor = env_.where.supervisor()) {
      caf::anon_send(supervisor, faults_changed{f, active});
    }
  } else if (auto region = env_.where.region(f.region)) {
    caf::anon_send(region, faults_changed{f, active});
  }
}

}  // namespace twinkeep::actors
