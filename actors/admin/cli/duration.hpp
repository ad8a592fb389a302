#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "crypto/result.hpp"

namespace twinkeep::cli {

// "500ms", "30s", "2m", "1.5h": a number and its unit. A bare number is refused, because nobody
// can tell whether it means seconds or milliseconds. The error says what was expected and found.
[[nodiscard]] result<std::chrono::nanoseconds, std::string> parse_duration(std::string_view text);

// Three significant digits and a fitting unit: "740 ns", "12.3 us", "4.56 ms", "1.20 s".
[[nodiscard]] std::string show_duration(std::chrono::nanoseconds duration);

}  // namespace twinkeep::cli
