#pragma once

#include <string_view>

namespace twinkeep::protocol::management {

// 8-4-4-4-12 hexadecimal digits, in either case.
[[nodiscard]] bool is_guid(std::string_view text);

}  // namespace twinkeep::protocol::management
