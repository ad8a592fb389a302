#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>

namespace twinkeep::cli {

// The answer of GET /v1/events, oldest first, a line for each event later than `after`. With
// fixed columns, not fitted ones: lines that --follow prints later stand below the earlier ones.
struct event_page {
  std::string text;
  std::uint64_t last = 0;  // sequence number of the newest event, `after` when there is none
};
[[nodiscard]] event_page show_events(const boost::json::value& events, std::uint64_t after);

[[nodiscard]] std::string event_titles();

// The events later than `after` as they came, one JSON object a line.
[[nodiscard]] event_page list_events(const boost::json::value& events, std::uint64_t after);

}  // namespace twinkeep::cli
