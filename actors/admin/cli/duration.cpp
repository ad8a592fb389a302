#include "actors/admin/cli/duration.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <utility>

namespace twinkeep::cli {
namespace {

using std::chrono::nanoseconds;

struct unit {
  std::string_view name;
  double nanoseconds;
};
constexpr std::array units{unit{"us", 1e3}, unit{"ms", 1e6},   unit{"s", 1e9},
                           unit{"m", 60e9}, unit{"min", 60e9}, unit{"h", 3600e9}};
// Far beyond any sensible value, and far below what overflows the 64 bits of a nanosecond count.
constexpr double longest = 366.0 * 24 * 3600e9;

failure<std::string> bad(std::string_view text) {
  return failure{"expected a duration such as 500ms, 30s, 2m or 1h, found \"" + std::string(text) +
                 "\""};
}

}  // namespace

result<nanoseconds, std::string> parse_duration(std::string_view text) {
  // from_chars would take "-1s", "inf" and "nan" as well.
  if (text.empty() || text.front() < '0' || text.front() > '9') return bad(text);
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc()) return bad(text);
  const std::string_view name(rest, static_cast<std::size_t>(end - rest));
  for (const unit& u : units) {
    if (u.name != name) continue;
    const double value = number * u.nanoseconds;
    if (value > longest) return bad(text);
    return nanoseconds(static_cast<nanoseconds::rep>(value + 0.5));
  }
  return bad(text);
}

std::string show_duration(nanoseconds duration) {
  constexpr std::array shown{std::pair{1e9, "s"}, std::pair{1e6, "ms"}, std::pair{1e3, "us"}};
  const auto count = static_cast<double>(duration.count());
  std::array<char, 40> text{};
  for (const auto& [scale, name] : shown) {
    // Just below the unit still rounds up to it: 999,999 ns is "1.00 ms", not "1000 us".
    if (count < scale * 0.9995) continue;
    const double value = count / scale;
    const int digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    const int size = std::snprintf(text.data(), text.size(), "%.*f %s", digits, value, name);
    return {text.data(), static_cast<std::size_t>(size)};
  }
  return std::to_string(duration.count()) + " ns";
}

}  // namespace twinkeep::cli
