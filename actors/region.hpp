#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"

namespace twinkeep::actors {

// A region: a quorum of three zones, the vaults that live in it, read-only copies of those that it
// is the pair of, and the crypto actors and replicators that these need. Supervises them all:
// whatever crashes is started again from the stores.
[[nodiscard]] region_actor spawn_region(caf::actor_system& system, environment& env,
                                        const std::string& name, supervisor_actor supervisor);

}  // namespace twinkeep::actors
