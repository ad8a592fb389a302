#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "regions/failover/timings.hpp"
#include "regions/store/batch.hpp"

namespace twinkeep::regions {

// What a region says of itself.
struct heartbeat {
  bool has_quorum = false;
  unsigned zones_serving = 0;
  revision committed;
};

enum class region_phase {
  starting,  // not heard of yet; routed to, as if up
  up,
  suspected,  // heartbeats missed, or it exited: reads may be hedged
  down,       // silent for detect_after: its vaults are elsewhere
  returning,  // heard again; not yet stable for failback_after
};
[[nodiscard]] std::string_view to_string(region_phase phase);

// A change of phase, for the log, the metrics and GET /v1/events.
struct phase_change {
  std::string region;
  region_phase from;
  region_phase to;
  duration took;  // since the last heartbeat (suspected, down) or since the loss (returning, up)
};

// Observing and acting are separate: fed with heartbeats, exits and the time, answers which regions
// are lost. A pure state machine; the supervisor acts on it.
//   starting -> up             first heartbeat
//   up -> suspected            suspect_after without a heartbeat, or it exited
//   suspected -> up            a heartbeat
//   starting, suspected -> down  detect_after without a heartbeat
//   down -> returning          a heartbeat with quorum
//   returning -> up            failback_after of unbroken heartbeats with quorum
//   returning -> down          a heartbeat without quorum, or suspect_after of silence, or exit
// A heartbeat with no zone serving counts as none: lost zones are a lost region.
class failure_detector {
 public:
  failure_detector(const failover_timings& timings, const std::vector<std::string>& regions,
                   instant now);
  void observe(std::string_view region, const heartbeat& beat, instant now);
  void observe_exit(std::string_view region, instant now);
  // The observer itself was held up for so long (a paused machine): nobody's silence meanwhile says
  // anything. Declaring a loss later is always safe.
  void excuse(duration held_up, instant now);
  // Advances to `now` and tells what changed since the last call, in order.
  [[nodiscard]] std::vector<phase_change> advance(instant now);
  [[nodiscard]] region_phase phase(std::string_view region) const;

  // After the supervisor itself was restarted: goes on from the phases that the routing table in
  // force implies (down regions stay down until they have been stable).
  void resume(std::string_view region, region_phase phase, instant now);

 private:
  struct observed {
    region_phase phase = region_phase::starting;
    instant last_heard;
    instant stable_since;
    instant lost_at;
  };
  void move(const std::string& region, observed& o, region_phase to, instant now);

  failover_timings timings_;
  std::map<std::string, observed, std::less<>> regions_;
  std::vector<phase_change> changes_;
};

}  // namespace twinkeep::regions
