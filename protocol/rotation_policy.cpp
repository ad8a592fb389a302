#include "protocol/rotation_policy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>

namespace twinkeep::protocol {

namespace {

namespace chr = std::chrono;

constexpr std::int64_t day_s = 86'400;
// What may be written, so that every date that a period leads to is one that the calendar has.
constexpr unsigned longest_days = 365'000;
// Moments further from 1970 than this (about the year 30000) have no calendar: chrono's years end
// at 32767. A client may send any number of 64 bits as `exp`.
constexpr unix_seconds calendar_end = 880'000'000'000;

std::int64_t days_of(const calendar_period& p) {
  return std::int64_t{p.years} * 365 + std::int64_t{p.months} * 30 + p.days;
}

bool is_within_calendar(unix_seconds from, const calendar_period& period) {
  return from > -calendar_end && from < calendar_end && days_of(period) <= longest_days;
}

// By months of 30 days, to the end of the numbers at most.
unix_seconds shifted_roughly(unix_seconds from, const calendar_period& period, int sign) {
  unix_seconds to = 0;
  if (!__builtin_add_overflow(from, sign * days_of(period) * day_s, &to)) return to;
  return sign > 0 ? std::numeric_limits<unix_seconds>::max()
                  : std::numeric_limits<unix_seconds>::min();
}

// Years and months first, in the calendar, then days: as ISO 8601 periods are added everywhere.
unix_seconds shifted(unix_seconds from, const calendar_period& period, int sign) {
  if (!is_within_calendar(from, period)) return shifted_roughly(from, period, sign);
  const chr::sys_seconds moment{chr::seconds{from}};
  const auto midnight = chr::floor<chr::days>(moment);
  const chr::year_month_day start{midnight};
  const chr::months months{sign *
                           (static_cast<int>(period.years) * 12 + static_cast<int>(period.months))};
  auto date = start + months;
  if (!date.ok()) date = date.year() / date.month() / chr::last;
  const auto day = chr::sys_days{date} + chr::days{sign * static_cast<int>(period.days)};
  return (chr::sys_seconds{day} + (moment - midnight)).time_since_epoch().count();
}

struct unit {
  char letter;
  unsigned calendar_period::*member;
  unsigned times;
};
constexpr std::array years_to_days = std::to_array<unit>({
    {'Y', &calendar_period::years, 1},
    {'M', &calendar_period::months, 1},
    {'D', &calendar_period::days, 1},
});
// Weeks stand alone, as in ISO 8601:2004.
constexpr std::array only_weeks = std::to_array<unit>({{'W', &calendar_period::days, 7}});

// Each unit once at most, in this order.
template <std::size_t N>
std::optional<calendar_period> parse_units(std::string_view text,
                                           const std::array<unit, N>& units) {
  calendar_period period;
  auto next = units.begin();
  while (!text.empty()) {
    unsigned number = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc{} || read.ptr == end || number > longest_days) return std::nullopt;
    const auto found =
        std::find_if(next, units.end(), [&](const unit& u) { return u.letter == *read.ptr; });
    if (found == units.end()) return std::nullopt;
    period.*(found->member) = number * found->times;
    next = found + 1;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()) + 1);
  }
  const auto days = days_of(period);
  if (days == 0 || days > longest_days) return std::nullopt;
  return period;
}

}  // namespace

std::optional<calendar_period> parse_period(std::string_view text) {
  if (!text.starts_with('P')) return std::nullopt;
  text.remove_prefix(1);
  return text.ends_with('W') ? parse_units(text, only_weeks) : parse_units(text, years_to_days);
}

std::string to_string(const calendar_period& period) {
  std::string text{"P"};
  for (const auto& [letter, member, times] : years_to_days) {
    if (period.*member != 0) text.append(std::to_string(period.*member)).push_back(letter);
  }
  // No time at all is still written (ISO 8601: at least one element).
  if (text.size() == 1) text += "0D";
  return text;
}

unix_seconds plus(unix_seconds from, const calendar_period& period) {
  return shifted(from, period, 1);
}

unix_seconds minus(unix_seconds from, const calendar_period& period) {
  return shifted(from, period, -1);
}

unsigned approximate_days(const calendar_period& period) {
  constexpr std::int64_t most = std::numeric_limits<unsigned>::max();
  return static_cast<unsigned>(std::min(days_of(period), most));
}

}  // namespace twinkeep::protocol
