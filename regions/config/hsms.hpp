#pragma once

#include "regions/config/table_reader.hpp"
#include "regions/topology.hpp"

// Internal to regions/config.
namespace twinkeep::regions {

// [[hsm]]: region, zone, module, token; pin_file or pin_env. The regions have been read before.
void read_hsms(const table_reader& root, deployment& d, complaints& sink);

}  // namespace twinkeep::regions
