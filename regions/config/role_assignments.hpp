#pragma once

#include "regions/config/table_reader.hpp"
#include "regions/topology.hpp"

// Internal to regions/config.
namespace twinkeep::regions {

// [[role_assignments]]: principal, role, and where; the subscription must have been read.
void read_role_assignments(const table_reader& root, deployment& d, complaints& sink);

}  // namespace twinkeep::regions
