#pragma once

#include "actors/environment.hpp"

namespace twinkeep::actors {

// Starts the supervisor, which starts the regions, and starts it again if it crashes. Everything
// below ends when the returned actor ends.
[[nodiscard]] caf::actor start_supervision(caf::actor_system& system, environment& env);

}  // namespace twinkeep::actors
