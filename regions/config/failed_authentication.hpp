#pragma once

#include "regions/config/table_reader.hpp"
#include "regions/limits/failures.hpp"

// Internal to regions/config.
namespace twinkeep::regions {

void read_failed_authentication(const table_reader& root, failure_limits& limits, complaints& sink);

}  // namespace twinkeep::regions
