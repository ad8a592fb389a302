#pragma once

#include "regions/config/table_reader.hpp"
#include "regions/topology.hpp"

namespace twinkeep::regions {

// [[private_endpoints]]: name, vault, listen; region (of a declared vault: its own by default);
// approved.
void read_private_endpoints(const table_reader& root, deployment& d, complaints& sink);

}  // namespace twinkeep::regions
