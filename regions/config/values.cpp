#include "regions/config/values.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <numeric>
#include <vector>

#include "regions/topology.hpp"

namespace twinkeep::regions {

namespace {

struct unit {
  std::string_view name;
  duration length;
};
constexpr std::array units{unit{"h", 1h}, unit{"min", 1min}, unit{"s", 1s}, unit{"ms", 1ms}};
constexpr duration longest = 7 * 24h;

// Everything or nothing: no sign, no blanks.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number n{};
  const auto* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, n);
  if (text.empty() || text.front() == '-' || error != std::errc{} || end != last) {
    return std::nullopt;
  }
  return n;
}

// How many letters must be added, removed or replaced to make one text of the other (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::optional<duration> parse_duration(std::string_view text) {
  const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
  const auto* u = std::ranges::find(units, text.substr(digits.size()), &unit::name);
  const auto count = parse_number<std::int64_t>(digits);
  if (!count || u == units.end() || *count == 0 || *count > longest / u->length) {
    return std::nullopt;
  }
  return *count * u->length;
}

std::string write_duration(duration d) {
  const auto* u = std::ranges::find_if(units, [&](const unit& x) { return d % x.length == 0ns; });
  if (u == units.end()) u = &units.back();
  return std::to_string(d / u->length) + std::string{u->name};
}

bool is_id(const std::string& text) {
  constexpr std::size_t longest_id = 128;
  return !text.empty() && text.size() <= longest_id &&
         text.find_first_not_of(
             "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._") ==
             std::string::npos;
}

bool is_filled(const std::string& text) {
  return !text.empty();
}

std::string in_quotes(std::string_view text) {
  return "\"" + std::string{text} + "\"";
}

std::string names_of(const std::vector<region_config>& regions) {
  std::string names;
  for (const auto& r : regions) {
    names += (names.empty() ? "" : ", ") + std::string{r.facts->name};
  }
  return names;
}

bool is_ip_literal(const std::string& text) {
  in6_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool is_host_name(std::string_view text) {
  constexpr std::size_t longest_name = 253;
  constexpr std::size_t longest_label = 63;
  if (text.empty() || text.size() > longest_name) return false;
  while (true) {
    const auto label = text.substr(0, text.find('.'));
    const auto fits = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    };
    if (label.empty() || label.size() > longest_label || !std::ranges::all_of(label, fits) ||
        label.front() == '-' || label.back() == '-') {
      return false;
    }
    if (label.size() == text.size()) return true;
    text.remove_prefix(label.size() + 1);
  }
}

std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates) {
  std::string_view best;
  auto least = std::max<std::size_t>(text.size() / 3, 1) + 1;
  for (const auto candidate : candidates) {
    const auto d = distance(text, candidate);
    if (d >= least) continue;
    least = d;
    best = candidate;
  }
  return best;
}

result<endpoint, config_error> parse_endpoint(std::string_view text) {
  const auto refuse = [&] {
    return failure{config_error{
        "expected an address and a port such as 127.0.0.1:8443 or [::1]:8443, found \"" +
        std::string{text} + "\""}};
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return refuse();
  const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
  std::string address{text.substr(0, colon)};
  const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (bracketed) address = address.substr(1, address.size() - 2);
  const bool is_v6 = address.find(':') != std::string::npos;
  if (!port || bracketed != is_v6 || !is_ip_literal(address)) return refuse();
  return endpoint{std::move(address), *port};
}

}  // namespace twinkeep::regions
