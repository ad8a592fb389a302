#pragma once

#include <optional>
#include <string>

#include "regions/topology.hpp"

// Internal to regions/config.
namespace twinkeep::regions {

inline constexpr std::string_view a_webhook =
    "an https URL such as \"https://host/path\" (http on a loopback address only)";

// Nothing: not such a URL. A user or a fragment in it is refused, because neither would be sent.
[[nodiscard]] std::optional<webhook_config> parse_webhook(std::string_view url);

}  // namespace twinkeep::regions
