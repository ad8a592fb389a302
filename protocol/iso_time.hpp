#pragma once

#include <string>

#include "protocol/attributes.hpp"

namespace twinkeep::protocol {

// In UTC, to the second: "2026-11-25T04:45:13Z" (RFC 3339 §5.6).
[[nodiscard]] std::string iso_time(unix_seconds time);

}  // namespace twinkeep::protocol
