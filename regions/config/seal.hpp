#pragma once

#include "regions/config/table_reader.hpp"
#include "regions/seal_config.hpp"

// Internal to regions/config.
namespace twinkeep::regions {

[[nodiscard]] seal_config read_seal(const toml::table& table, complaints& sink);

}  // namespace twinkeep::regions
