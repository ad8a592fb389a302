#include "regions/catalog.hpp"

#include <algorithm>
#include <array>

namespace twinkeep::regions {

namespace {

// Source: Azure's documentation of regions, region pairs and zones (2025-09, 2026) and the Key
// Vault article on availability and redundancy. Of the paired regions, brazilsouth and westus3 are
// not copied to their pair, and brazilsoutheast is copied but never served from there. name,
// display name, geography, pair, availability zones, geo-replicated, fails over
// clang-format off
constexpr std::array catalog = std::to_array<region_facts>({
    {"australiacentral", "Australia Central", "Australia", "australiacentral2", 0, true, true},
    {"australiacentral2", "Australia Central 2", "Australia", "australiacentral", 0, true, true},
    {"australiaeast", "Australia East", "Australia", "australiasoutheast", 3, true, true},
    {"australiasoutheast", "Australia Southeast", "Australia", "australiaeast", 0, true, true},
    {"austriaeast", "Austria East", "Austria", "", 3, false, false},
    {"belgiumcentral", "Belgium Central", "Belgium", "", 3, false, false},
    {"brazilsouth", "Brazil South", "Brazil", "southcentralus", 3, false, false},
    {"brazilsoutheast", "Brazil Southeast", "Brazil", "brazilsouth", 0, true, false},
    {"canadacentral", "Canada Central", "Canada", "canadaeast", 3, true, true},
    {"canadaeast", "Canada East", "Canada", "canadacentral", 0, true, true},
    {"centralindia", "Central India", "India", "southindia", 3, true, true},
    {"centralus", "Central US", "United States", "eastus2", 3, true, true},
    {"chilecentral", "Chile Central", "Chile", "", 3, false, false},
    {"chinaeast", "China East", "China", "chinanorth", 0, true, true},
    {"chinaeast2", "China East 2", "China", "chinanorth2", 0, true, true},
    {"chinaeast3", "China East 3", "China", "chinanorth3", 0, true, true},
    {"chinanorth", "China North", "China", "chinaeast", 0, true, true},
    {"chinanorth2", "China North 2", "China", "chinaeast2", 0, true, true},
    {"chinanorth3", "China North 3", "China", "chinaeast3", 3, true, true},
    {"denmarkeast", "Denmark East", "Denmark", "", 3, false, false},
    {"eastasia", "East Asia", "Asia Pacific", "southeastasia", 3, true, true},
    {"eastus", "East US", "United States", "westus", 3, true, true},
    {"eastus2", "East US 2", "United States", "centralus", 3, true, true},
    {"francecentral", "France Central", "France", "francesouth", 3, true, true},
    {"francesouth", "France South", "France", "francecentral", 0, true, true},
    {"germanynorth", "Germany North", "Germany", "germanywestcentral", 0, true, true},
    {"germanywestcentral", "Germany West Central", "Germany", "germanynorth", 3, true, true},
    {"indiasouthcentral", "India South Central", "India", "centralindia", 3, true, true},
    {"indonesiacentral", "Indonesia Central", "Indonesia", "", 3, false, false},
    {"israelcentral", "Israel Central", "Israel", "", 3, false, false},
    {"italynorth", "Italy North", "Italy", "", 3, false, false},
    {"japaneast", "Japan East", "Japan", "japanwest", 3, true, true},
    {"japanwest", "Japan West", "Japan", "japaneast", 3, true, true},
    {"jioindiacentral", "Jio India Central", "India", "jioindiawest", 0, true, true},
    {"jioindiawest", "Jio India West", "India", "jioindiacentral", 0, true, true},
    {"koreacentral", "Korea Central", "Korea", "koreasouth", 3, true, true},
    {"koreasouth", "Korea South", "Korea", "koreacentral", 0, true, true},
    {"malaysiawest", "Malaysia West", "Malaysia", "", 3, false, false},
    {"mexicocentral", "Mexico Central", "Mexico", "", 3, false, false},
    {"newzealandnorth", "New Zealand North", "New Zealand", "", 3, false, false},
    {"northcentralus", "North Central US", "United States", "southcentralus", 0, true, true},
    {"northeurope", "North Europe", "Europe", "westeurope", 3, true, true},
    {"norwayeast", "Norway East", "Norway", "norwaywest", 3, true, true},
    {"norwaywest", "Norway West", "Norway", "norwayeast", 0, true, true},
    {"polandcentral", "Poland Central", "Poland", "", 3, false, false},
    {"qatarcentral", "Qatar Central", "Qatar", "", 3, false, false},
    {"southafricanorth", "South Africa North", "South Africa", "southafricawest", 3, true, true},
    {"southafricawest", "South Africa West", "South Africa", "southafricanorth", 0, true, true},
    {"southcentralus", "South Central US", "United States", "northcentralus", 3, true, true},
    {"southeastasia", "Southeast Asia", "Asia Pacific", "eastasia", 3, true, true},
    {"southindia", "South India", "India", "centralindia", 0, true, true},
    {"spaincentral", "Spain Central", "Spain", "", 3, false, false},
    {"swedencentral", "Sweden Central", "Sweden", "swedensouth", 3, true, true},
    {"swedensouth", "Sweden South", "Sweden", "swedencentral", 0, true, true},
    {"switzerlandnorth", "Switzerland North", "Switzerland", "switzerlandwest", 3, true, true},
    {"switzerlandwest", "Switzerland West", "Switzerland", "switzerlandnorth", 0, true, true},
    {"uaecentral", "UAE Central", "UAE", "uaenorth", 0, true, true},
    {"uaenorth", "UAE North", "UAE", "uaecentral", 3, true, true},
    {"uksouth", "UK South", "United Kingdom", "ukwest", 3, true, true},
    {"ukwest", "UK West", "United Kingdom", "uksouth", 0, true, true},
    {"usdodcentral", "US DoD Central", "US Department of Defense", "usdodeast", 0, true, true},
    {"usdodeast", "US DoD East", "US Department of Defense", "usdodcentral", 0, true, true},
    {"usgovarizona", "US Gov Arizona", "US Government", "usgovtexas", 0, true, true},
    {"usgovtexas", "US Gov Texas", "US Government", "usgovvirginia", 0, true, true},
    {"usgovvirginia", "US Gov Virginia", "US Government", "usgovtexas", 3, true, true},
    {"westcentralus", "West Central US", "United States", "westus2", 0, true, true},
    {"westeurope", "West Europe", "Europe", "northeurope", 3, true, true},
    {"westindia", "West India", "India", "southindia", 0, true, true},
    {"westus", "West US", "United States", "eastus", 0, true, true},
    {"westus2", "West US 2", "United States", "westcentralus", 3, true, true},
    {"westus3", "West US 3", "United States", "eastus", 3, false, false},
});
// clang-format on

constexpr bool sorted_without_duplicates() {
  return std::ranges::adjacent_find(catalog, std::ranges::greater_equal{}, &region_facts::name) ==
         catalog.end();
}
static_assert(sorted_without_duplicates(), "find_region searches by halves");

constexpr bool rows_make_sense() {
  return std::ranges::all_of(catalog, [](const region_facts& r) {
    return (!r.fails_over || r.geo_replicated) && (!r.geo_replicated || !r.pair.empty()) &&
           r.pair != r.name && (r.availability_zones == 0 || r.availability_zones == 3);
  });
}
static_assert(rows_make_sense());

}  // namespace

std::span<const region_facts> region_catalog() {
  return catalog;
}

const region_facts* find_region(std::string_view name) {
  const auto it = std::ranges::lower_bound(catalog, name, {}, &region_facts::name);
  return it != catalog.end() && it->name == name ? &*it : nullptr;
}

}  // namespace twinkeep::regions
