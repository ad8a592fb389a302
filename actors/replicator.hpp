#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"

namespace twinkeep::actors {

// Pulls `source`'s changes into its own region, in order, each once: asks for what follows the last
// applied position, which the region's stores keep together with the changes themselves.
[[nodiscard]] replicator_actor spawn_replicator(caf::actor_system& system, environment& env,
                                                const std::string& region,
                                                const std::string& source, region_actor own,
                                                region_actor peer);

}  // namespace twinkeep::actors
