#include "protocol/management/guid.hpp"

#include "protocol/ascii.hpp"

namespace twinkeep::protocol::management {

bool is_guid(std::string_view text) {
  constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == '-' ? text[i] != '-' : ascii::hex_value(text[i]) < 0) return false;
  }
  return true;
}

}  // namespace twinkeep::protocol::management
