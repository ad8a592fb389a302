#include "crypto/bytes.hpp"

#include <openssl/crypto.h>

#include <array>

namespace twinkeep::crypto {

namespace {

constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view hex_digits = "0123456789abcdef";

constexpr std::uint8_t no_digit = 0xff;
using digit_values = std::array<std::uint8_t, 256>;

constexpr digit_values values_of(std::string_view digits) {
  digit_values values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    values[static_cast<std::uint8_t>(digits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr digit_values hex_values() {
  auto values = values_of(hex_digits);
  for (char c = 'A'; c <= 'F'; ++c) {
    values[static_cast<std::uint8_t>(c)] = static_cast<std::uint8_t>(c - 'A' + 10);
  }
  return values;
}

std::string base64_digits(byte_view data, std::string_view alphabet) {
  std::string text;
  text.reserve((data.size() + 2) / 3 * 4);
  std::uint32_t held = 0;
  unsigned held_bits = 0;
  for (const auto octet : data) {
    held = held << 8 | octet;
    held_bits += 8;
    while (held_bits >= 6) {
      held_bits -= 6;
      text.push_back(alphabet[held >> held_bits & 0x3f]);
    }
  }
  if (held_bits > 0) text.push_back(alphabet[held << (6 - held_bits) & 0x3f]);
  return text;
}

// Padding may be left out, but what is there must fill the last group of four.
std::optional<std::string_view> without_padding(std::string_view text) {
  const auto end = text.find('=');
  if (end == std::string_view::npos) return text;
  const auto padding = text.substr(end);
  if (padding.size() > 2 || text.size() % 4 != 0 || padding.back() != '=') return std::nullopt;
  return text.substr(0, end);
}

std::optional<bytes> octets_of(std::string_view text, const digit_values& values) {
  const auto digits = without_padding(text);
  if (!digits || digits->size() % 4 == 1) return std::nullopt;
  bytes data;
  data.reserve(digits->size() / 4 * 3 + 2);
  std::uint32_t held = 0;
  unsigned held_bits = 0;
  for (const char c : *digits) {
    const auto value = values[static_cast<std::uint8_t>(c)];
    if (value == no_digit) return std::nullopt;
    held = held << 6 | value;
    held_bits += 6;
    if (held_bits >= 8) {
      held_bits -= 8;
      data.push_back(static_cast<std::uint8_t>(held >> held_bits));
    }
  }
  if ((held & ((1u << held_bits) - 1)) != 0) return std::nullopt;
  return data;
}

}  // namespace

std::string base64url_encode(byte_view data) {
  return base64_digits(data, url_alphabet);
}

std::optional<bytes> base64url_decode(std::string_view text) {
  static constexpr auto values = values_of(url_alphabet);
  return octets_of(text, values);
}

std::string base64_encode(byte_view data) {
  auto text = base64_digits(data, standard_alphabet);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::optional<bytes> base64_decode(std::string_view text) {
  static constexpr auto values = values_of(standard_alphabet);
  return octets_of(text, values);
}

std::string hex_encode(byte_view data) {
  std::string text;
  text.reserve(data.size() * 2);
  for (const auto octet : data) {
    text.push_back(hex_digits[octet >> 4]);
    text.push_back(hex_digits[octet & 0xf]);
  }
  return text;
}

std::optional<bytes> hex_decode(std::string_view text) {
  static constexpr auto values = hex_values();
  if (text.size() % 2 != 0) return std::nullopt;
  bytes data;
  data.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = values[static_cast<std::uint8_t>(text[i])];
    const auto low = values[static_cast<std::uint8_t>(text[i + 1])];
    if (high == no_digit || low == no_digit) return std::nullopt;
    data.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return data;
}

bool equal_in_constant_time(byte_view a, byte_view b) {
  if (a.size() != b.size()) return false;
  return a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace twinkeep::crypto
