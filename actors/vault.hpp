#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"

namespace twinkeep::actors {

struct vault_setup {
  std::shared_ptr<regions::vault_state> state;  // loaded; the actor's alone from here
  std::uint64_t incarnation = 0;
  bool is_primary = true;  // false: the read-only copy in the paired region
  region_actor region;     // commits here; ends with it
  crypto_team team;
  hsm_team hsms;
  std::string region_name;
  unsigned zone = 0;  // home zone
};

// Decides requests for one vault. Mutations of one object follow one another, those of different
// objects are committed together; reads see what is committed.
[[nodiscard]] vault_actor spawn_vault(caf::actor_system& system, environment& env,
                                      vault_setup setup);

}  // namespace twinkeep::actors
