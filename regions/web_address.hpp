#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twinkeep::regions {

// Where on the web this service sends requests of its own.
struct web_address {
  bool tls = true;   // false: plain HTTP, on a loopback address only
  std::string host;  // a name, or an IP literal without brackets
  std::uint16_t port = 443;
  std::string target;  // path and query
};

inline constexpr std::string_view a_web_address =
    "an https URL such as \"https://host/path\" (http on a loopback address only)";

// Nothing: not such a URL. A user or a fragment in it is refused, because neither would be sent.
[[nodiscard]] std::optional<web_address> parse_web_address(std::string_view url);

// The value of the Host line: "host", "[v6]:port".
[[nodiscard]] std::string host_line(const web_address& where);

}  // namespace twinkeep::regions
