#include <algorithm>
#include <boost/url/ipv6_address.hpp>
#include <charconv>

#include "protocol/ascii.hpp"
#include "protocol/http/target.hpp"
#include "protocol/identifiers.hpp"

// RFC 9110 §7.2: Host = uri-host [ ":" port ]. The host becomes part of ids and of the challenge,
// so nothing but names and addresses passes: no user, no path, no blank, no quote.
namespace twinkeep::protocol::http {

namespace {

constexpr std::size_t max_host_chars = 253;  // RFC 1035 §2.3.4, less the octets of the encoding

bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > max_host_chars) return false;
  const auto allowed = [](char c) {
    return ascii::is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
  };
  return std::ranges::all_of(host, allowed) && !host.starts_with('.') && !host.ends_with('.') &&
         host.find("..") == std::string_view::npos;
}

// The canonical text of what stands between the brackets (RFC 5952).
std::optional<std::string> ipv6_of(std::string_view text) {
  const auto address = boost::urls::parse_ipv6_address(text);
  if (!address) return std::nullopt;
  const auto canonical = address->to_string();
  return std::string(canonical.data(), canonical.size());
}

// ":8443", or nothing: RFC 3986 §3.2.3 allows a colon without a port.
bool read_port(std::string_view text, std::optional<unsigned short>& port) {
  if (text.empty()) return true;
  if (!text.starts_with(':')) return false;
  text.remove_prefix(1);
  if (text.empty()) return true;
  unsigned short number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (text.size() > 5 || read.ec != std::errc{} || read.ptr != end || number == 0) return false;
  port = number;
  return true;
}

}  // namespace

std::optional<authority> parse_authority(std::string_view host_header) {
  authority out;
  std::size_t host_end = 0;
  if (host_header.starts_with('[')) {
    host_end = host_header.find(']');
    if (host_end == std::string_view::npos) return std::nullopt;
    auto address = ipv6_of(host_header.substr(1, host_end - 1));
    if (!address) return std::nullopt;
    out.host = *std::move(address);
    ++host_end;
  } else {
    host_end = std::min(host_header.find(':'), host_header.size());
    const auto host = host_header.substr(0, host_end);
    if (!is_host_name(host)) return std::nullopt;
    out.host = lower(host);
  }
  if (!read_port(host_header.substr(host_end), out.port)) return std::nullopt;
  return out;
}

}  // namespace twinkeep::protocol::http
