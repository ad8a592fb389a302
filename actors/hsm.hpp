#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"

namespace twinkeep::actors {

// One of the deployment's tokens, `hsms.at(token)`: carries out what the keys in it are asked for,
// makes keys, and keeps the token filled with what the region's vaults hold. The first failure of
// the token, and a call that does not come back, end the actor; its region starts it again.
[[nodiscard]] hsm_actor spawn_hsm(caf::actor_system& system, environment& env, std::size_t token);

}  // namespace twinkeep::actors
