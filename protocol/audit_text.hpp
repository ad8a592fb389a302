#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "protocol/ascii.hpp"

// Text for the audit log's lines, into memory of a fixed size. Internal to protocol/.
namespace twinkeep::protocol::audit_text {

inline constexpr std::string_view hex = "0123456789abcdef";

// Stands as itself in a JSON string. What is not ASCII never does: some readers of lines take
// U+0085, U+2028 and U+2029 for the end of one.
[[nodiscard]] constexpr bool is_plain(char c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

// Whether all eight are plain (the zero-octet test of Mycroft, made into a test for equality).
[[nodiscard]] inline bool eight_plain(const char* text) {
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof word);
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t highs = 0x8080808080808080;
  const auto has_zero = [](std::uint64_t w) { return (w - ones) & ~w & highs; };
  const auto below_blank = (word - ones * 0x20) & ~word & highs;
  return (((word & highs) | below_blank | has_zero(word ^ (ones * '"')) |
           has_zero(word ^ (ones * '\\')) | has_zero(word ^ (ones * 0x7F)))) == 0;
}

struct decoded {
  char32_t point = U'\uFFFD';
  std::size_t octets = 1;
};
// The first code point of text that is not empty; what is no UTF-8 is replaced, octet by octet.
[[nodiscard]] inline decoded first_point(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = octet(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t octets = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};  // else it is overlong
  if (lead < 0xC2 || lead > 0xF4 || text.size() < octets) return {};
  char32_t point = lead & (0x7Fu >> octets);
  for (std::size_t i = 1; i < octets; ++i) {
    if ((octet(i) & 0xC0) != 0x80) return {};
    point = point << 6 | (octet(i) & 0x3F);
  }
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (point < least.at(octets) || point > 0x10FFFF || surrogate) return {};
  return {point, octets};
}

inline char* put_unit(char* at, char32_t unit) {
  *at++ = '\\';
  *at++ = 'u';
  for (int shift = 12; shift >= 0; shift -= 4) *at++ = hex[(unit >> shift) & 0xF];
  return at;
}

// Writes `text` as the inside of a JSON string, no further than `end`: what does not fit is cut
// off between characters. Returns where it stopped.
inline char* put_escaped(char* at, char* const end, std::string_view text) {
  constexpr std::ptrdiff_t widest = 12;  // two units
  while (!text.empty()) {
    if (text.size() >= 8 && end - at >= 8 && eight_plain(text.data())) {
      std::memcpy(at, text.data(), 8);
      at += 8;
      text.remove_prefix(8);
      continue;
    }
    if (is_plain(text.front())) {
      if (at == end) return at;
      *at++ = text.front();
      text.remove_prefix(1);
      continue;
    }
    if (end - at < widest) return at;
    const auto [point, octets] = first_point(text);
    text.remove_prefix(octets);
    if (point == U'"' || point == U'\\') {
      *at++ = '\\';
      *at++ = static_cast<char>(point);
    } else if (point < 0x10000) {
      at = put_unit(at, point);
    } else {
      at = put_unit(at, 0xD800 + ((point - 0x10000) >> 10));
      at = put_unit(at, 0xDC00 + ((point - 0x10000) & 0x3FF));
    }
  }
  return at;
}

// Eight, four, four, four and twelve hexadecimal digits (RFC 4122 §3).
[[nodiscard]] inline bool is_guid(std::string_view text) {
  constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool right = shape[i] == '-' ? text[i] == '-' : ascii::hex_value(text[i]) >= 0;
    if (!right) return false;
  }
  return true;
}

}  // namespace twinkeep::protocol::audit_text
