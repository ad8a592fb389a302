#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/errors.hpp"
#include "protocol/operations.hpp"
#include "protocol/requests.hpp"

namespace twinkeep::protocol::http {

// A request target taken apart: percent-decoded once, segments kept even when empty, because
// "/keys/n//sign" means the current version. One extra slash at the very start is dropped.
struct target {
  std::vector<std::string> segments;
  std::vector<std::pair<std::string, std::string>> query;  // names decoded too
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;  // first one
};
[[nodiscard]] outcome<target> parse_target(std::string_view text);

// A target matched against the operation table.
struct route {
  const operation* op = nullptr;
  std::string name;
  std::string version;
};
// 404 for a path that no operation has, 405 when only the method is wrong, 400 for a name, of an
// issuer as well, that is not ^[0-9a-zA-Z-]{1,127}$. Collection names and fixed words compare
// without case; a fixed word is never a version, and "contacts" and "issuers" never a certificate.
[[nodiscard]] outcome<route> match(http_method method, const target& t);

// The api-version of the request, checked against the list that is served.
[[nodiscard]] outcome<std::string_view> api_version_of(const target& t);
[[nodiscard]] std::string_view latest_api_version();

// The position that a list's link to its next page held as $skiptoken; nullopt: it is none.
[[nodiscard]] std::optional<std::string> position_of(std::string_view skip_token);
// maxresults and $skiptoken of a list; includePending, which only lists of certificates look at.
[[nodiscard]] outcome<page_request> page_of(const target& t);
// outContentType of a secret; older api-versions than 2025-07-01 ignore it.
[[nodiscard]] outcome<secret_format> secret_format_of(const target& t,
                                                      std::string_view api_version);
// request_id of a pending certificate.
[[nodiscard]] pending_filter pending_filter_of(const target& t);
// Whatever the operation takes from the query, by the functions above; monostate: nothing.
[[nodiscard]] outcome<request_body> parameters_of(const target& t, const operation& op,
                                                  std::string_view api_version);

// Host header to host name and port ("[::1]:8443" -> "::1", 8443), lower case; nullopt: malformed.
struct authority {
  std::string host;
  std::optional<unsigned short> port;
};
[[nodiscard]] std::optional<authority> parse_authority(std::string_view host_header);

}  // namespace twinkeep::protocol::http
