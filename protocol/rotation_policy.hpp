#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/attributes.hpp"

namespace twinkeep::protocol {

// An ISO 8601 duration of years, months and days (CONTRACT 5.6): "P1Y2M10D". Months are calendar
// months, so it can only be added to a date.
struct calendar_period {
  unsigned years = 0;
  unsigned months = 0;
  unsigned days = 0;
  bool operator==(const calendar_period&) const = default;
};
// Weeks, alone ("P4W"), are taken as days. nullopt: not of the form, with a time part, all zero, or
// more than a thousand years.
[[nodiscard]] std::optional<calendar_period> parse_period(std::string_view text);
[[nodiscard]] std::string to_string(const calendar_period& period);
// In UTC. A day that the month lacks becomes its last one. Never earlier than `from` for plus.
[[nodiscard]] unix_seconds plus(unix_seconds from, const calendar_period& period);
[[nodiscard]] unix_seconds minus(unix_seconds from, const calendar_period& period);
// For limits: months of 30 days, years of 365.
[[nodiscard]] unsigned approximate_days(const calendar_period& period);

enum class rotation_action : std::uint8_t { rotate, notify };

// Exactly one of the triggers is set.
struct rotation_rule {
  std::optional<calendar_period> after_create;
  std::optional<calendar_period> before_expiry;
  rotation_action action = rotation_action::rotate;
  bool operator==(const rotation_rule&) const = default;
};

// A key's rotation policy. Never set: `created` is 0, and the answer shows the default.
struct rotation_policy {
  std::vector<rotation_rule> actions;
  std::optional<calendar_period> expiry_time;
  unix_seconds created = 0;
  unix_seconds updated = 0;
};

}  // namespace twinkeep::protocol
