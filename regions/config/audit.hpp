#pragma once

#include "regions/audit_config.hpp"
#include "regions/config/table_reader.hpp"

// Internal to regions/config.
namespace twinkeep::regions {

[[nodiscard]] audit_config read_audit(const toml::table& table, complaints& sink);

}  // namespace twinkeep::regions
