#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace twinkeep::protocol {

// An IPv6 address; an IPv4 one is the IPv6 address that it is mapped to (RFC 4291 §2.5.5.2), so
// that 192.0.2.1 and ::ffff:192.0.2.1, as a socket for both families tells it, are the same.
struct ip_address {
  std::array<std::uint8_t, 16> octets{};

  [[nodiscard]] bool is_v4() const;
  auto operator<=>(const ip_address&) const = default;
};
// Dotted decimals without leading zeros, or RFC 4291 §2.2; no zone, no brackets. None: neither.
[[nodiscard]] std::optional<ip_address> parse_ip_address(std::string_view text);
[[nodiscard]] ip_address from_v4(std::span<const std::uint8_t, 4> octets);
// "192.0.2.1" for a mapped one too; else as RFC 5952 writes it.
[[nodiscard]] std::string to_string(const ip_address& address);

// Both ends included.
struct ip_range {
  ip_address first, last;
  auto operator<=>(const ip_range&) const = default;
};
// An address, or one with the length of its prefix: "192.0.2.0/24". None if bits are set behind the
// prefix: whoever writes 192.0.2.7/24 may mean one address or 256.
[[nodiscard]] std::optional<ip_range> parse_ip_range(std::string_view text);
// What such a text would be with those bits cleared, for messages; empty: no range at all.
[[nodiscard]] std::string cleared_range(std::string_view text);

// Many ranges, made ready to be asked: sorted, and joined where they meet.
class ip_ranges {
 public:
  ip_ranges() = default;
  explicit ip_ranges(std::vector<ip_range> ranges);
  [[nodiscard]] bool contains(const ip_address& address) const;
  [[nodiscard]] bool empty() const { return ranges_.empty(); }

 private:
  std::vector<ip_range> ranges_;
};

}  // namespace twinkeep::protocol
