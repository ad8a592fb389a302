#pragma once

#include <span>
#include <string>
#include <string_view>

#include "protocol/http/target.hpp"
#include "protocol/management/requests.hpp"

namespace twinkeep::protocol::management {

// A target matched against the management plane's table; everything of a request but its body.
// Fixed words compare without case, names keep theirs; a slash at the end counts for nothing.
// - 404 InvalidResourceType: no operation has the path; 405 MethodNotAllowed: not with this method;
// - 400 MissingApiVersionParameter, InvalidApiVersionParameter: by the operation's own list;
// - 400 VaultNameNotValid: PUT of a vault whose name breaks the rule; a vault that is only asked
//   for is not found instead;
// - 400 BadRequest: names of secrets and keys, versions, the GUID of an assignment that is to be
//   made, $top, $skiptoken.
[[nodiscard]] outcome<request> route(http_method method, const http::target& t);

// The api-versions that an operation is served in, oldest first: each provider has its own.
[[nodiscard]] std::span<const std::string_view> api_versions_of(const operation& op);

// The operation's path with the request's names in it, percent-encoded: for links.
[[nodiscard]] std::string path_of(const request& r);

// "East US 2" is "eastus2".
[[nodiscard]] std::string canonical_location(std::string_view given);

}  // namespace twinkeep::protocol::management
