#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "regions/failover/timings.hpp"

// Values as a configuration file writes them. Internal to regions/config.
namespace twinkeep::regions {

struct region_config;

// "250ms", "10s", "3min", "1h": a whole number, more than nothing and at most a week.
[[nodiscard]] std::optional<duration> parse_duration(std::string_view text);
[[nodiscard]] std::string write_duration(duration d);

// Ids end up in tokens, paths and comparisons: no blanks, nothing to escape.
[[nodiscard]] bool is_id(const std::string& text);
[[nodiscard]] bool is_filled(const std::string& text);
[[nodiscard]] std::string in_quotes(std::string_view text);
// "eastus2, centralus"
[[nodiscard]] std::string names_of(const std::vector<region_config>& regions);

[[nodiscard]] bool is_ip_literal(const std::string& text);
// Labels of letters, digits and hyphens, separated by dots.
[[nodiscard]] bool is_host_name(std::string_view text);

// The candidate that the text was probably meant to be; empty: none is near.
[[nodiscard]] std::string_view nearest(std::string_view text,
                                       std::span<const std::string_view> candidates);

}  // namespace twinkeep::regions
