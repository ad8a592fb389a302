#include "regions/web_address.hpp"

#include <algorithm>
#include <array>

#include "protocol/http/target.hpp"
#include "protocol/identifiers.hpp"
#include "regions/config/values.hpp"

namespace twinkeep::regions {

namespace {

struct scheme_row {
  std::string_view start;
  bool tls;
  std::uint16_t port;
};
constexpr std::array schemes{scheme_row{"https://", true, 443}, scheme_row{"http://", false, 80}};

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || (is_ip_literal(host) && host.starts_with("127."));
}

// What may stand in a request line (RFC 3986 §3.3, §3.4); "%" is not looked behind.
bool is_target_char(char c) {
  constexpr std::string_view others = "-._~!$&'()*+,;=:@/?%";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         others.find(c) != std::string_view::npos;
}

}  // namespace

// (Boost.URL 1.81 reads the host of http://127.0.0.1.example as 127.0.0.1.)
std::optional<web_address> parse_web_address(std::string_view url) {
  const auto scheme = std::ranges::find_if(schemes, [&](const scheme_row& row) {
    return protocol::lower(url.substr(0, row.start.size())) == row.start;
  });
  if (scheme == schemes.end()) return std::nullopt;
  url.remove_prefix(scheme->start.size());
  const auto host_end = std::min(url.find_first_of("/?#"), url.size());
  auto where = protocol::http::parse_authority(url.substr(0, host_end));
  const auto target = url.substr(host_end);
  if (!where || !std::ranges::all_of(target, is_target_char)) return std::nullopt;
  if (!is_host_name(where->host) && !is_ip_literal(where->host)) return std::nullopt;
  if (!scheme->tls && !is_loopback(where->host)) return std::nullopt;
  web_address out;
  out.tls = scheme->tls;
  out.host = std::move(where->host);
  out.port = where->port.value_or(scheme->port);
  out.target = target.starts_with('/') ? std::string{target} : '/' + std::string{target};
  return out;
}

std::string host_line(const web_address& where) {
  const bool v6 = where.host.find(':') != std::string::npos;
  auto line = v6 ? '[' + where.host + ']' : where.host;
  const bool usual = std::ranges::any_of(schemes, [&](const scheme_row& row) {
    return row.tls == where.tls && row.port == where.port;
  });
  if (!usual) line += ':' + std::to_string(where.port);
  return line;
}

}  // namespace twinkeep::regions
