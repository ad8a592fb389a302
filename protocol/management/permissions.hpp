#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace twinkeep::protocol::management {

enum class permission_kind : std::uint8_t { keys, secrets, certificates, storage };

// The permissions of access policies, spelled as answers show them: "wrapKey". They are compared
// without case and kept in this spelling.
[[nodiscard]] std::span<const std::string_view> permissions(permission_kind kind);
// In the table's spelling.
[[nodiscard]] std::optional<std::string_view> find_permission(permission_kind kind,
                                                              std::string_view given);

}  // namespace twinkeep::protocol::management
