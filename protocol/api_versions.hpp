#pragma once

#include <array>
#include <optional>
#include <string_view>

// The api-versions that are served, oldest first: those that SDKs and the CLI send (CONTRACT 1.2),
// the previews that SDKs' beta releases sent (Debian 12 ships some), and 2025-06-01, which is
// published as stable as well. Internal to protocol/.
namespace twinkeep::protocol {

inline constexpr std::array<std::string_view, 17> api_versions{
    "2015-06-01",    "2016-10-01",    "7.0",           "7.1",        "7.2-preview",   "7.2",
    "7.3-preview",   "7.3",           "7.4-preview.1", "7.4",        "7.5-preview.1", "7.5",
    "7.6-preview.1", "7.6-preview.2", "7.6",           "2025-06-01", "2025-07-01",
};

// Whether `asked` is `since` or younger. What is not in the list counts as the youngest.
[[nodiscard]] constexpr bool is_since(std::string_view asked, std::string_view since) {
  // From the young end: what is asked for is nearly always there.
  for (std::size_t i = api_versions.size(); i-- > 0;) {
    if (api_versions[i] == asked) return true;
    if (api_versions[i] == since) break;
  }
  for (const auto version : api_versions) {
    if (version == asked) return asked == since;
  }
  return true;
}
static_assert(is_since("7.5", "7.5") && is_since("2025-07-01", "7.5") && !is_since("7.4", "7.5") &&
              is_since("of the future", "7.5") && !is_since("2015-06-01", "7.1"));

}  // namespace twinkeep::protocol
