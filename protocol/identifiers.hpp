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

// Ids of principals (GUIDs) and of resources compare without case. An empty one is no id, and the
// same as none.
[[nodiscard]] bool same_id(std::string_view a, std::string_view b);
// Their order, for maps that are asked without making a string.
struct id_less {
  using is_transparent = void;
  [[nodiscard]] bool operator()(std::string_view a, std::string_view b) const;
};

}  // namespace twinkeep::protocol
