#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "regions/failover/failure_detector.hpp"

namespace twinkeep::regions {

enum class vault_mode {
  read_write,   // served by its region
  read_only,    // served by the paired region
  unavailable,  // its region is lost and nothing else may serve it
};
[[nodiscard]] std::string_view to_string(vault_mode mode);

// Where requests for a vault go.
struct vault_route {
  vault_mode mode = vault_mode::unavailable;
  std::string serving_region;  // home, or its pair; home while unavailable
  bool hedge = false;          // home is suspected: an unanswered read is tried at the pair
};

// `secondary` is the phase of the region that copies the vault and may serve it: nullopt where
// there is none, or where the catalog says that it never fails over.
[[nodiscard]] vault_route choose_route(std::string_view home, region_phase home_phase,
                                       std::string_view secondary_name,
                                       std::optional<region_phase> secondary);

}  // namespace twinkeep::regions
