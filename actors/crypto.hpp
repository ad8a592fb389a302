#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"

namespace twinkeep::actors {

// Carries out key operations for a region's vaults and answers the client itself. What takes long
// (RSA private operations, curves above P-256, key generation) goes to the crypto lane.
[[nodiscard]] crypto_actor spawn_crypto(caf::actor_system& system, environment& env,
                                        const std::string& region);

}  // namespace twinkeep::actors
