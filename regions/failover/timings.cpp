#include "regions/failover/timings.hpp"

namespace twinkeep::regions {

// Azure speaks of minutes until a region's vaults are served by its pair, and of up to 20 minutes
// until their private endpoints are. Suspicion stays quick: hedged reads must not wait for minutes.
failover_timings azure_timings() {
  failover_timings t;
  t.heartbeat_every = 1s;
  t.detect_after = 3min;
  t.lease = 2min;
  t.failback_after = 10min;
  t.private_endpoint_reestablish_after = 20min;
  t.replicate_every = 1s;
  return t;
}

}  // namespace twinkeep::regions
