#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace twinkeep::cli {

// What the operator asked for; empty fields were not given. The service knows which fault needs
// which of them and says so.
struct drill_request {
  std::string fault, region, zone, from, to, component, vault;
  std::optional<std::chrono::nanoseconds> length;
  std::optional<std::int64_t> seconds;
  std::optional<double> share;
};
[[nodiscard]] boost::json::object to_json(const drill_request& request);

// What a drill acts on: "eastus2/1", "eastus2 -> centralus", "eastus2 vault demo",
// "86400 s".
[[nodiscard]] std::string drill_target(const boost::json::value& drill);
// The answer of GET /v1/drills as a table.
[[nodiscard]] std::string show_drills(const boost::json::value& drills);

}  // namespace twinkeep::cli
