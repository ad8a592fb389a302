#include "protocol/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace twinkeep::protocol {

namespace {

constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned all_bits = 128;
constexpr unsigned mapped_bits = 96;

struct prefixed {
  ip_address address;
  unsigned bits = all_bits;  // of the mapped address
};

// Text up to the slash and the number behind it; host bits may be set.
std::optional<prefixed> parse_prefixed(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return prefixed{*address};
  const auto digits = text.substr(slash + 1);
  // A mapped address that is written as IPv6 counts its bits as IPv6 does.
  const bool dotted = text.find(':') == std::string_view::npos;
  const unsigned most = dotted ? all_bits - mapped_bits : all_bits;
  unsigned bits = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, bits);
  const bool leading_zero = digits.size() > 1 && digits.front() == '0';
  if (error != std::errc{} || stop != end || leading_zero || bits > most) return std::nullopt;
  return prefixed{*address, dotted ? bits + mapped_bits : bits};
}

// The bits of the octet at `index` that lie behind the prefix.
std::uint8_t host_mask(std::size_t index, unsigned bits) {
  const auto before = static_cast<unsigned>(index) * 8;
  if (bits <= before) return 0xff;
  return static_cast<std::uint8_t>(bits >= before + 8 ? 0 : 0xff >> (bits - before));
}

ip_range range_of(const prefixed& p) {
  ip_range range{p.address, p.address};
  for (std::size_t i = 0; i < p.address.octets.size(); ++i) {
    const auto mask = host_mask(i, p.bits);
    range.first.octets[i] = static_cast<std::uint8_t>(range.first.octets[i] & ~mask);
    range.last.octets[i] = static_cast<std::uint8_t>(range.last.octets[i] | mask);
  }
  return range;
}

// False: there is none behind it.
bool advance(ip_address& address) {
  return std::any_of(address.octets.rbegin(), address.octets.rend(),
                     [](std::uint8_t& octet) { return ++octet != 0; });
}

}  // namespace

bool ip_address::is_v4() const {
  return std::ranges::equal(std::span(octets).first(mapped.size()), mapped);
}

ip_address from_v4(std::span<const std::uint8_t, 4> octets) {
  ip_address address;
  std::ranges::copy(octets, std::ranges::copy(mapped, address.octets.begin()).out);
  return address;
}

std::optional<ip_address> parse_ip_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  // (An embedded NUL would hide what stands behind it.)
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  std::ranges::copy(text, terminated.begin());
  std::array<std::uint8_t, 4> four{};
  if (::inet_pton(AF_INET, terminated.data(), four.data()) == 1) return from_v4(four);
  ip_address address;
  if (::inet_pton(AF_INET6, terminated.data(), address.octets.data()) == 1) return address;
  return std::nullopt;
}

std::string to_string(const ip_address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = address.is_v4();
  const auto* octets = address.octets.data() + (v4 ? mapped.size() : 0);
  ::inet_ntop(v4 ? AF_INET : AF_INET6, octets, text.data(), text.size());
  return text.data();
}

std::optional<ip_range> parse_ip_range(std::string_view text) {
  const auto parsed = parse_prefixed(text);
  if (!parsed) return std::nullopt;
  const auto range = range_of(*parsed);
  return range.first == parsed->address ? std::optional(range) : std::nullopt;
}

std::string cleared_range(std::string_view text) {
  const auto parsed = parse_prefixed(text);
  if (!parsed) return {};
  const auto slash = std::min(text.find('/'), text.size());
  return to_string(range_of(*parsed).first).append(text.substr(slash));
}

ip_ranges::ip_ranges(std::vector<ip_range> ranges) {
  std::ranges::sort(ranges);
  for (const auto& range : ranges) {
    if (!ranges_.empty()) {
      auto next = ranges_.back().last;
      if (!advance(next) || range.first <= next) {
        ranges_.back().last = std::max(ranges_.back().last, range.last);
        continue;
      }
    }
    ranges_.push_back(range);
  }
}

bool ip_ranges::contains(const ip_address& address) const {
  const auto behind = std::ranges::upper_bound(ranges_, address, {}, &ip_range::first);
  return behind != ranges_.begin() && address <= std::prev(behind)->last;
}

}  // namespace twinkeep::protocol
