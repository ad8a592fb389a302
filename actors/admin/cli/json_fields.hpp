#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace twinkeep::cli {

// Reading of a newer or older service's answer: what is absent or of another type is shown as
// "-" or counts as empty, so that a table appears in any case.
[[nodiscard]] std::string field(const boost::json::value& object, std::string_view name);
[[nodiscard]] bool flag(const boost::json::value& object, std::string_view name);
[[nodiscard]] const boost::json::value& member(const boost::json::value& object,
                                               std::string_view name);  // null when absent
[[nodiscard]] const boost::json::array& list(const boost::json::value& object,
                                             std::string_view name);
// A number of seconds in a fitting unit, "-" when there is none.
[[nodiscard]] std::string seconds_field(const boost::json::value& object, std::string_view name);

}  // namespace twinkeep::cli
