#pragma once

#include "regions/config/table_reader.hpp"
#include "regions/topology.hpp"

// Internal to regions/config.
namespace twinkeep::regions {

// trusted_proxies and trusted_services.
void read_perimeter(const table_reader& root, deployment& d);

}  // namespace twinkeep::regions
