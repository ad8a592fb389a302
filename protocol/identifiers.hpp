#pragma once

#include <string>
#include <string_view>

namespace twinkeep::protocol {

// ^[0-9a-zA-Z-]{1,127}$
[[nodiscard]] bool is_object_name(std::string_view name);
// 3-24 of [A-Za-z0-9-], starts with a letter, ends with a letter or digit, no "--".
[[nodiscard]] bool is_vault_name(std::string_view name);
// ASCII lower case: names of vaults and objects compare by it.
[[nodiscard]] std::string lower(std::string_view text);

}  // namespace twinkeep::protocol
