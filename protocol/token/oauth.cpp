#include "protocol/token/oauth.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>

#include "protocol/http/percent.hpp"
#include "protocol/join.hpp"

// Reading the form of a token request (RFC 6749 §4.4.2).
namespace twinkeep::protocol::token {

namespace {

constexpr std::string_view default_scope = "/.default";

failure<oauth_error> refuse(unsigned status, std::string_view code, unsigned number,
                            std::string description) {
  return failure{oauth_error{status, std::string(code), number, std::move(description)}};
}

failure<oauth_error> missing(std::string_view name) {
  return refuse(400, "invalid_request", 900144,
                join({"The request body must contain the following parameter: '", name, "'."}));
}

struct fields {
  std::optional<std::string> grant_type, client_id, scope, resource, client_assertion;
  std::optional<crypto::wiping_chars> client_secret;
};

// False: not encoded as a form, or not UTF-8.
template <class Chars>
bool decode(std::string_view text, Chars& out) {
  out.reserve(text.size());
  return http::append_percent_decoded(out, text, true) &&
         simdjson::validate_utf8(out.data(), out.size());
}

// False: the value cannot be decoded, or the parameter came before (RFC 6749 §3.2).
template <class Chars>
bool take(std::string_view value, std::optional<Chars>& out) {
  return !out && decode(value, out.emplace());
}

// Unknown parameters are ignored: clients send a dozen of them (CONTRACT 2.4).
bool take_field(std::string_view name, std::string_view value, fields& out) {
  if (name == "grant_type") return take(value, out.grant_type);
  if (name == "client_id") return take(value, out.client_id);
  if (name == "scope") return take(value, out.scope);
  if (name == "resource") return take(value, out.resource);
  if (name == "client_assertion") return take(value, out.client_assertion);
  if (name == "client_secret") return take(value, out.client_secret);
  return true;
}

result<fields, oauth_error> read_fields(std::string_view form) {
  fields out;
  while (!form.empty()) {
    const auto field = form.substr(0, form.find('&'));
    form.remove_prefix(std::min(form.size(), field.size() + 1));
    const auto encoded_name = field.substr(0, field.find('='));
    const auto value = field.substr(std::min(field.size(), encoded_name.size() + 1));
    std::string name;
    if (!decode(encoded_name, name) || !take_field(name, value, out)) {
      return refuse(400, "invalid_request", 9000411,
                    "The request is not properly formatted: a parameter is duplicated or not "
                    "encoded as application/x-www-form-urlencoded.");
    }
  }
  return out;
}

// The one scope of a resource; what MSAL may add for users is passed over.
std::optional<std::string> resource_of_scope(std::string_view scopes) {
  constexpr std::array<std::string_view, 3> of_users{"openid", "profile", "offline_access"};
  std::optional<std::string> resource;
  while (!scopes.empty()) {
    const auto scope = scopes.substr(0, scopes.find(' '));
    scopes.remove_prefix(std::min(scopes.size(), scope.size() + 1));
    if (scope.empty() || std::ranges::find(of_users, scope) != of_users.end()) continue;
    if (resource || scope.size() <= default_scope.size() || !scope.ends_with(default_scope)) {
      return std::nullopt;
    }
    resource = std::string(scope.substr(0, scope.size() - default_scope.size()));
  }
  return resource;
}

}  // namespace

result<token_request, oauth_error> read_token_request(std::string_view form, bool v1) {
  auto read = read_fields(form);
  if (!read) return failure{std::move(read).error()};
  auto& given = *read;
  if (!given.grant_type) return missing("grant_type");
  if (*given.grant_type != "client_credentials") {
    return refuse(400, "unsupported_grant_type", 70003,
                  "The only supported value of 'grant_type' is 'client_credentials'.");
  }
  if (!given.client_id || given.client_id->empty()) return missing("client_id");
  if (!given.client_secret || given.client_secret->empty()) {
    return refuse(401, "invalid_client", 7000216,
                  given.client_assertion
                      ? "'client_assertion' is not supported, 'client_secret' is required."
                      : "'client_secret' is required for the 'client_credentials' grant type.");
  }
  token_request out;
  out.v1 = v1;
  if (v1) {
    if (!given.resource || given.resource->empty()) return missing("resource");
    out.resource = *std::move(given.resource);
  } else {
    if (!given.scope || given.scope->empty()) return missing("scope");
    auto resource = resource_of_scope(*given.scope);
    if (!resource) {
      return refuse(400, "invalid_scope", 70011,
                    "The value of 'scope' is not valid. It must be one resource and '/.default'.");
    }
    out.resource = *std::move(resource);
  }
  out.client_id = *std::move(given.client_id);
  const auto& secret = *given.client_secret;
  out.client_secret = crypto::secret_bytes::copy_of(as_bytes({secret.data(), secret.size()}));
  return out;
}

}  // namespace twinkeep::protocol::token
