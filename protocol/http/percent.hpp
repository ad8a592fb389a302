#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/ascii.hpp"

namespace twinkeep::protocol::http {

// Decodes %XX once (RFC 3986 §2.1) and appends to a container of chars. False: a percent sign that
// no two hexadecimal digits follow. Forms write a blank as '+' (application/x-www-form-urlencoded).
template <class Chars>
[[nodiscard]] bool append_percent_decoded(Chars& out, std::string_view text,
                                          bool plus_is_blank = false) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3) return false;
      const int high = ascii::hex_value(text[i + 1]);
      const int low = ascii::hex_value(text[i + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_blank) {
      c = ' ';
    }
    out.push_back(c);
  }
  return true;
}

}  // namespace twinkeep::protocol::http
