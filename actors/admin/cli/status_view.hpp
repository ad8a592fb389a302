#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace twinkeep::cli {

// The answer of GET /v1/status as tables: regions with their zones, replication, vaults.
[[nodiscard]] std::string show_status(const boost::json::value& status);

}  // namespace twinkeep::cli
