#include <algorithm>

#include "protocol/join.hpp"
#include "protocol/json/writer.hpp"
#include "protocol/token/oauth.hpp"

namespace twinkeep::protocol::token {

namespace {

std::string finish(json::writer& out) {
  const auto text = out.end_object().take();
  return {text.begin(), text.end()};
}

}  // namespace

// v1 writes its numbers as strings and says more (CONTRACT 2.4).
std::string write_token_answer(const token_request& request, std::string_view access_token,
                               unix_seconds now, unix_seconds expires) {
  json::writer out(512 + access_token.size());
  const auto seconds = std::max<unix_seconds>(0, expires - now);
  out.begin_object().key("token_type").string("Bearer");
  if (request.v1) {
    out.key("expires_in").string(std::to_string(seconds));
    out.key("ext_expires_in").string(std::to_string(seconds));
    out.key("expires_on").string(std::to_string(expires));
    out.key("not_before").string(std::to_string(now));
    out.key("resource").string(request.resource);
  } else {
    out.key("expires_in").integer(seconds).key("ext_expires_in").integer(seconds);
  }
  out.key("access_token").string(access_token);
  return finish(out);
}

std::string write_oauth_error(const oauth_error& e, std::string_view timestamp,
                              std::string_view trace_id, std::string_view correlation_id) {
  json::writer out(1024);
  const auto number = std::to_string(e.number);
  out.begin_object().key("error").string(e.error).key("error_description").begin_string();
  if (!e.description.starts_with("AADSTS")) out.part("AADSTS").part(number).part(": ");
  out.part(e.description).part(" Trace ID: ").part(trace_id);
  out.part(" Correlation ID: ").part(correlation_id).part(" Timestamp: ").part(timestamp);
  out.end_string();
  out.key("error_codes").begin_array().integer(e.number).end_array();
  out.key("timestamp").string(timestamp).key("trace_id").string(trace_id);
  out.key("correlation_id").string(correlation_id);
  return finish(out);
}

// The issuer must have the authority's scheme, host and port, or MSAL refuses it; the four
// endpoints are what it cannot do without (CONTRACT 2.4).
std::string write_openid_configuration(std::string_view authority, std::string_view tenant) {
  json::writer out(2048);
  const auto endpoint = [&](std::string_view name, std::string_view path) {
    out.key(name).begin_string().part(authority).part("/").part(tenant).part(path).end_string();
  };
  const auto list = [&](std::string_view name, std::string_view only) {
    out.key(name).begin_array().string(only).end_array();
  };
  out.begin_object();
  endpoint("issuer", "/v2.0");
  endpoint("token_endpoint", "/oauth2/v2.0/token");
  endpoint("authorization_endpoint", "/oauth2/v2.0/authorize");
  endpoint("jwks_uri", "/discovery/v2.0/keys");
  endpoint("end_session_endpoint", "/oauth2/v2.0/logout");
  list("token_endpoint_auth_methods_supported", "client_secret_post");
  list("grant_types_supported", "client_credentials");
  list("response_types_supported", "token");
  list("subject_types_supported", "pairwise");
  list("id_token_signing_alg_values_supported", "RS256");
  out.key("tenant_region_scope").string("WW");
  const auto scheme_end = authority.find("://");
  out.key("cloud_instance_name")
      .string(scheme_end == std::string_view::npos ? authority : authority.substr(scheme_end + 3));
  return finish(out);
}

// `authorization` first and exactly one blank after the comma: clients split by hand. The path is
// the tenant alone: SDKs take all of it for the tenant (CONTRACT 2.1, 2.2).
std::string challenge(std::string_view authority, std::string_view tenant,
                      std::string_view resource) {
  return join(
      {"Bearer authorization=\"", authority, "/", tenant, "\", resource=\"", resource, "\""});
}

}  // namespace twinkeep::protocol::token
