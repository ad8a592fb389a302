#include "protocol/json/writer.hpp"

#include <array>
#include <charconv>
#include <cstring>

namespace twinkeep::protocol::json {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64url_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// What stands behind the backslash: 0 for nothing to escape, 'u' for \u00XX.
constexpr auto escapes = [] {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = 'u';
  table['"'] = '"';
  table['\\'] = '\\';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  return table;
}();

char escape_of(char c) {
  return escapes[static_cast<unsigned char>(c)];
}

}  // namespace

void writer::raw(std::string_view text) {
  if (text.empty()) return;
  const auto size = out_.size();
  out_.resize(size + text.size());
  std::memcpy(out_.data() + size, text.data(), text.size());
}

void writer::escaped(std::string_view text) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char escape = escape_of(text[i]);
    if (escape == 0) continue;
    raw(text.substr(begin, i - begin));
    begin = i + 1;
    if (escape == 'u') {
      const auto octet = static_cast<unsigned char>(text[i]);
      const std::array<char, 6> code{
          '\\', 'u', '0', '0', hex_digits[octet >> 4u], hex_digits[octet & 0xFu]};
      raw({code.data(), code.size()});
    } else {
      const std::array<char, 2> code{'\\', escape};
      raw({code.data(), code.size()});
    }
  }
  raw(text.substr(begin));
}

void writer::encoded(byte_view value, std::string_view digits) {
  const auto start = out_.size();
  out_.resize(start + (value.size() * 4 + 2) / 3);
  char* to = out_.data() + start;
  const auto digit = [digits](std::uint32_t bits) { return digits[bits & 0x3Fu]; };
  while (value.size() >= 3) {
    const std::uint32_t bits = value[0] << 16u | value[1] << 8u | value[2];
    *to++ = digit(bits >> 18u);
    *to++ = digit(bits >> 12u);
    *to++ = digit(bits >> 6u);
    *to++ = digit(bits);
    value = value.subspan(3);
  }
  if (value.empty()) return;
  const std::uint32_t bits = value[0] << 16u | (value.size() == 2 ? value[1] << 8u : 0u);
  *to++ = digit(bits >> 18u);
  *to++ = digit(bits >> 12u);
  if (value.size() == 2) *to++ = digit(bits >> 6u);
}

void writer::comma() {
  if (follows_) out_.push_back(',');
  follows_ = true;
}

writer& writer::open(char bracket) {
  comma();
  out_.push_back(bracket);
  follows_ = false;
  return *this;
}

writer& writer::close(char bracket) {
  out_.push_back(bracket);
  follows_ = true;
  return *this;
}

writer& writer::key(std::string_view name) {
  comma();
  out_.push_back('"');
  raw(name);
  raw("\":");
  follows_ = false;
  return *this;
}

writer& writer::client_key(std::string_view name) {
  string(name);
  out_.push_back(':');
  follows_ = false;
  return *this;
}

writer& writer::string(std::string_view value) {
  return begin_string().part(value).end_string();
}

writer& writer::integer(std::int64_t value) {
  comma();
  std::array<char, 20> digits;  // as many as the smallest has, with its sign
  const auto done = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  raw({digits.data(), static_cast<std::size_t>(done.ptr - digits.data())});
  return *this;
}

writer& writer::boolean(bool value) {
  comma();
  raw(value ? "true" : "false");
  return *this;
}

writer& writer::null() {
  comma();
  raw("null");
  return *this;
}

writer& writer::base64url(byte_view value) {
  return begin_string().base64url_part(value).end_string();
}

writer& writer::base64(byte_view value) {
  constexpr std::array<std::string_view, 3> padding{"", "==", "="};
  begin_string();
  encoded(value, base64_digits);
  raw(padding[value.size() % 3]);
  return end_string();
}

writer& writer::begin_string() {
  comma();
  out_.push_back('"');
  return *this;
}

writer& writer::part(std::string_view text) {
  escaped(text);
  return *this;
}

writer& writer::base64url_part(byte_view value) {
  encoded(value, base64url_digits);
  return *this;
}

writer& writer::end_string() {
  out_.push_back('"');
  return *this;
}

}  // namespace twinkeep::protocol::json
