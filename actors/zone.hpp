#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"

namespace twinkeep::actors {

// One zone's disk: carries out commands on its store one after the other, on the disk lane. Opens
// the store on command, closes it by ending.
[[nodiscard]] zone_actor spawn_zone(caf::actor_system& system, environment& env,
                                    const std::string& region, unsigned zone);

}  // namespace twinkeep::actors
