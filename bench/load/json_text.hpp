#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace twinkeep::load {

// Null for what is not JSON.
[[nodiscard]] boost::json::value parse_json(std::string_view text);
// The text at a JSON pointer, empty when it is not there.
[[nodiscard]] std::string text_at(const boost::json::value& content, std::string_view pointer);

}  // namespace twinkeep::load
