#include "actors/event_log.hpp"

namespace twinkeep::actors {

std::string_view to_string(event_kind kind) {
  switch (kind) {
    case event_kind::region_suspected:
      return "region_suspected";
    case event_kind::region_recovered:
      return "region_recovered";
    case event_kind::failed_over:
      return "failed_over";
    case event_kind::region_lost:
      return "region_lost";
    case event_kind::region_returning:
      return "region_returning";
    case event_kind::failed_back:
      return "failed_back";
    case event_kind::zone_out:
      return "zone_out";
    case event_kind::zone_in:
      return "zone_in";
    case event_kind::quorum_lost:
      return "quorum_lost";
    case event_kind::quorum_gained:
      return "quorum_gained";
    case event_kind::hsm_out:
      return "hsm_out";
    case event_kind::hsm_in:
      return "hsm_in";
    case event_kind::private_endpoint_reestablished:
      return "private_endpoint_reestablished";
    case event_kind::component_restarted:
      return "component_restarted";
    case event_kind::drill_started:
      return "drill_started";
    case event_kind::drill_ended:
      return "drill_ended";
    case event_kind::audit_failing:
      return "audit_failing";
    case event_kind::audit_lost:
      return "audit_lost";
    case event_kind::audit_restored:
      return "audit_restored";
  }
  return "unknown";
}

void event_log::add_sink(sink s) {
  sinks_.push_back(std::move(s));
}

void event_log::record(event e) {
  e.time_ms = clock_.now_ms();
  {
    std::lock_guard lock(mutex_);
    e.sequence = next_++;
    events_.push_back(e);
    if (events_.size() > kept) events_.pop_front();
  }
  for (const auto& s : sinks_) s(e);
}

std::vector<event> event_log::since(std::uint64_t sequence) const {
  std::lock_guard lock(mutex_);
  std::vector<event> found;
  for (const auto& e : events_) {
    if (e.sequence > sequence) found.push_back(e);
  }
  return found;
}

}  // namespace twinkeep::actors
