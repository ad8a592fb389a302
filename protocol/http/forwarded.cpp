#include "protocol/http/forwarded.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace twinkeep::protocol::http {

namespace {

constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
  const auto start = text.find_first_not_of(blanks);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(blanks) + 1 - start);
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  return error == std::errc{} && stop == end;
}

// "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80"
std::optional<ip_address> parse_node(std::string_view text) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    const auto behind = text.substr(close + 1);
    if (!behind.empty() && !(behind.front() == ':' && is_port(behind.substr(1)))) {
      return std::nullopt;
    }
    const auto inside = text.substr(1, close - 1);
    if (inside.find(':') == std::string_view::npos) return std::nullopt;
    return parse_ip_address(inside);
  }
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && colon == text.rfind(':')) {
    return is_port(text.substr(colon + 1)) ? parse_ip_address(text.substr(0, colon)) : std::nullopt;
  }
  return parse_ip_address(text);
}

}  // namespace

std::optional<ip_address> forwarded_for(std::span<const std::string_view> lines,
                                        const ip_address& peer, const ip_ranges& trusted) {
  auto client = peer;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    auto rest = *line;
    if (trimmed(rest).empty()) continue;
    for (bool more = true; more;) {
      const auto comma = rest.rfind(',');
      more = comma != std::string_view::npos;
      const auto address = parse_node(trimmed(more ? rest.substr(comma + 1) : rest));
      if (!address) return std::nullopt;
      client = *address;
      if (!trusted.contains(client)) return client;
      if (more) rest = rest.substr(0, comma);
    }
  }
  return client;
}

}  // namespace twinkeep::protocol::http
