#include "regions/failover/route.hpp"

namespace twinkeep::regions {

namespace {

// A returning region is heard again but not yet trusted: routing to it and away again at once
// would be worse for clients than the wait.
bool home_serves(region_phase phase) {
  return phase == region_phase::starting || phase == region_phase::up ||
         phase == region_phase::suspected;
}

// A pair that has never been heard of may not even have a copy.
bool pair_may_serve(std::optional<region_phase> phase) {
  return phase == region_phase::up || phase == region_phase::suspected;
}

}  // namespace

vault_route choose_route(std::string_view home, region_phase home_phase,
                         std::string_view secondary_name, std::optional<region_phase> secondary) {
  if (home_serves(home_phase)) {
    return {vault_mode::read_write, std::string{home},
            home_phase == region_phase::suspected && pair_may_serve(secondary)};
  }
  if (pair_may_serve(secondary)) {
    return {vault_mode::read_only, std::string{secondary_name}, false};
  }
  return {vault_mode::unavailable, std::string{home}, false};
}

std::string_view to_string(vault_mode mode) {
  switch (mode) {
    case vault_mode::read_write:
      return "read_write";
    case vault_mode::read_only:
      return "read_only";
    case vault_mode::unavailable:
      return "unavailable";
  }
  return "?";
}

}  // namespace twinkeep::regions
