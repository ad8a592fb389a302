#pragma once

#include <span>
#include <string_view>

namespace twinkeep::regions {

// Azure's regions as data: what a deployment inherits by naming one.
struct region_facts {
  std::string_view name;          // "eastus2"
  std::string_view display_name;  // "East US 2"
  std::string_view geography;     // backups restore within it
  std::string_view pair;          // empty: none
  unsigned availability_zones;    // 3, or 0: three fault domains instead
  bool geo_replicated;            // its vaults are copied to the pair
  bool fails_over;                // ... and served from there when it is lost
};

[[nodiscard]] std::span<const region_facts> region_catalog();  // sorted by name
[[nodiscard]] const region_facts* find_region(std::string_view name);

// Every region keeps three replicas, in availability zones or fault domains.
inline constexpr unsigned replicas_per_region = 3;

}  // namespace twinkeep::regions
