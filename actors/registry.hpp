#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"

namespace twinkeep::actors {

struct registry_setup {
  std::shared_ptr<regions::registry_state> state;  // loaded; the actor's alone from here
  std::uint64_t incarnation = 0;
  bool is_primary = true;  // false: the copy in the paired region
  region_actor region;     // commits here; ends with it
  std::string region_name;
  unsigned zone = 0;  // home zone
};

// Decides changes of a region's vaults, one after the other. What it has committed is in the
// routing table before it is acknowledged, so that whoever is told of a change is under its rule;
// reads are answered from there.
[[nodiscard]] vault_actor spawn_registry(caf::actor_system& system, environment& env,
                                         registry_setup setup);

// Puts the state into the routing table.
void publish(environment& env, const regions::registry_state& registry);
// What a region has to serve of it.
[[nodiscard]] registry_listing_ptr listing_of(const regions::registry_state& registry);

}  // namespace twinkeep::actors
