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

// The other way round: everything but what RFC 3986 §2.3 leaves unreserved is written as %XX.
template <class Chars>
void append_percent_encoded(Chars& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view unreserved = "-._~";
  for (const char c : text) {
    if (ascii::is_alphanumeric(c) || unreserved.find(c) != std::string_view::npos) {
      out.push_back(c);
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(digits[octet >> 4u]);
    out.push_back(digits[octet & 0xFu]);
  }
}

}  // namespace twinkeep::protocol::http
