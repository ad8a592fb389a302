#include "actors/admin/admin_api.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "protocol/identifiers.hpp"
#include "regions/failover/fault.hpp"

namespace twinkeep::actors {

namespace {

namespace json = boost::json;

constexpr std::size_t most_active_drills = 200;
constexpr double longest_drill_seconds = 86'400;
constexpr std::string_view drill_prefix = "/v1/drills/";
constexpr std::string_view plain_text = "text/plain; charset=utf-8";

struct resource {
  std::string_view path;
  std::string_view allow;
};
constexpr std::array resources{
    resource{"/v1/status", "GET"},        resource{"/v1/drills", "GET, POST"},
    resource{"/v1/events", "GET"},        resource{"/v1/ca.pem", "GET"},
    resource{"/v1/issuer-ca.pem", "GET"}, resource{"/metrics", "GET"},
    resource{"/healthz", "GET"},          resource{"/readyz", "GET"},
};

std::string_view code_of(unsigned status) {
  switch (status) {
    case 400:
      return "BadRequest";
    case 403:
      return "Forbidden";
    case 404:
      return "NotFound";
    case 405:
      return "MethodNotAllowed";
    case 413:
      return "PayloadTooLarge";
    case 429:
      return "TooManyDrills";
    case 431:
      return "HeadersTooLarge";
    case 503:
      return "Unavailable";
    default:
      return "InternalError";
  }
}

std::pair<std::string_view, std::string_view> split(std::string_view text, char at) {
  const auto where = text.find(at);
  if (where == std::string_view::npos) return {text, {}};
  return {text.substr(0, where), text.substr(where + 1)};
}

bool is_ip_literal(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return ::inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

// Without port and brackets.
std::string host_name(std::string_view authority) {
  if (authority.starts_with('[')) return std::string{split(authority.substr(1), ']').first};
  return protocol::lower(split(authority, ':').first);
}

// read_fault has found the text to be an object.
result<std::optional<double>, std::string> read_length(std::string_view body) {
  boost::system::error_code bad;
  const auto document = json::parse(json::string_view{body.data(), body.size()}, bad);
  const auto* members = bad ? nullptr : document.if_object();
  const auto* length = members ? members->if_contains("for_seconds") : nullptr;
  if (!length) return std::optional<double>{};
  if (length->is_number()) {
    const auto seconds = length->to_number<double>();
    if (seconds > 0 && seconds <= longest_drill_seconds) return std::optional{seconds};
  }
  return failure{"for_seconds: expected a number above 0 and up to 86400, found " +
                 json::serialize(*length).substr(0, 60)};
}

}  // namespace

admin_reply admin_refusal(unsigned status, std::string_view message) {
  admin_reply reply;
  reply.status = status;
  reply.body = write_admin_error(code_of(status), message);
  return reply;
}

bool admin_api::needs_status(std::string_view target) {
  const auto path = split(target, '?').first;
  return path == "/v1/status" || path == "/metrics";
}

bool admin_api::knows_host(std::string_view host) const {
  const auto name = host_name(host);
  if (is_ip_literal(name) || name == "localhost") return true;
  const auto is_name = [&](const std::string& known) { return protocol::lower(known) == name; };
  return std::ranges::any_of(env_.topology.server_names, is_name);
}

admin_reply admin_api::answer(const admin_request& request, const status_reply_ptr& status) {
  if (request.host.empty()) return admin_refusal(400, "expected one Host header");
  if (request.has_origin) return admin_refusal(403, "not for pages in a browser");
  if (only_local_ && !knows_host(request.host)) {
    return admin_refusal(403, "Host: expected an IP address, localhost or a configured name");
  }
  const auto [path, query] = split(request.target, '?');
  if (path.starts_with(drill_prefix)) {
    if (request.method == "DELETE") return end_drill(path.substr(drill_prefix.size()));
    auto reply = admin_refusal(405, "expected DELETE");
    reply.allow = "DELETE";
    return reply;
  }
  const auto* known = std::ranges::find(resources, path, &resource::path);
  if (known == resources.end()) return admin_refusal(404, "no such resource");
  if (request.method == "GET") return get(path, query, status);
  if (request.method == "POST" && path == "/v1/drills") return start_drill(request.body);
  auto reply = admin_refusal(405, "expected " + std::string{known->allow});
  reply.allow = known->allow;
  return reply;
}

admin_reply admin_api::get(std::string_view path, std::string_view query,
                           const status_reply_ptr& status) {
  if (path == "/v1/status")
    return {200, write_status(status, *env_.routes.current(), env_.topology,
                              std::chrono::steady_clock::now(), env_.audit)};
  if (path == "/v1/drills") return {200, write_drills(drills_.list())};
  if (path == "/v1/events") return get_events(query);
  if (path == "/v1/ca.pem") return {200, authority_pem_, "application/x-pem-file"};
  if (path == "/v1/issuer-ca.pem") return {200, issuing_pem_, "application/x-pem-file"};
  if (path == "/metrics") {
    return {200, metrics_.expose(status, *env_.routes.current(), env_.audit),
            "text/plain; version=0.0.4; charset=utf-8"};
  }
  if (path == "/healthz") return {200, "ok\n", plain_text};
  if (ready_()) return {200, "ready\n", plain_text};
  return admin_refusal(503, "not ready");
}

admin_reply admin_api::get_events(std::string_view query) const {
  std::uint64_t since = 0;
  while (!query.empty()) {
    const auto [pair, rest] = split(query, '&');
    const auto [name, value] = split(pair, '=');
    query = rest;
    if (name != "since") continue;
    const auto* end = value.data() + value.size();
    const auto [stop, problem] = std::from_chars(value.data(), end, since);
    if (problem != std::errc{} || stop != end) {
      return admin_refusal(400, "since: expected the number of an event");
    }
  }
  return {200, write_events(env_.events.since(since))};
}

admin_reply admin_api::start_drill(std::string_view body) {
  std::vector<regions::vault_config> vaults;
  for (const auto& [key, entry] : env_.routes.current()->vaults) {
    if (entry.resource) vaults.push_back({entry.vault, entry.home_region, {}, {}});
  }
  const auto fault = regions::read_fault(body, env_.topology, vaults);
  if (!fault) return admin_refusal(400, fault.error().message);
  if (fault->kind == regions::fault_kind::clock_advance && env_.drill_clock == nullptr) {
    return admin_refusal(403, "clock_advance: the configuration lacks allow_clock_advance = true");
  }
  const auto length = read_length(body);
  if (!length) return admin_refusal(400, length.error());
  const auto known = drills_.list();
  if (std::ranges::count(known, true, &drill::active) >=
      static_cast<std::ptrdiff_t>(most_active_drills)) {
    return admin_refusal(429, "too many drills are active: end some first");
  }
  return {200, write_drill_id(drills_.start(*fault, *length))};
}

admin_reply admin_api::end_drill(std::string_view id) {
  if (!drills_.end(std::string{id})) return admin_refusal(404, "no such drill");
  return {200, "{}"};
}

}  // namespace twinkeep::actors
