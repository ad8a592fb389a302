#include "actors/gateway/audit_clerk.hpp"

#include <algorithm>
#include <array>

namespace twinkeep::actors {

namespace {

constexpr std::string_view authentication = "Authentication";  // Azure's name for it
constexpr std::string_view unknown = "Unknown";                // ours: Azure has none

// The value of "name=" in the network info, which tells from where a client came.
std::string_view value_of(std::string_view info, std::string_view name) {
  const auto at = info.find(name);
  if (at == std::string_view::npos) return {};
  const auto value = info.substr(at + name.size());
  return value.substr(0, value.find(';'));
}

// Azure's words for how an address got its right to ask.
std::string_view address_type(std::string_view connection) {
  constexpr std::array others{std::string_view{"PrivateLink"}, std::string_view{"Subnet"}};
  const auto* found = std::ranges::find(others, connection);
  return found == others.end() ? "PublicIP" : *found;
}

std::string_view operation_of(const answer& a, const audit_notes& notes) {
  constexpr unsigned unauthorized = 401;
  if (a.op != nullptr) return a.op->name;
  if (!notes.operation.empty()) return notes.operation;
  return a.status == unauthorized ? authentication : unknown;
}

}  // namespace

void audit_notes::begin() {
  left_out = false;
  operation = api_version = collection = {};
  mode.reset();
  has_caller_ = has_vault_ = false;
  name.clear();
  version.clear();
}

// A deleted object keeps its id.
void audit_notes::found(const protocol::http::route& route) {
  constexpr std::string_view deleted = "/deleted";
  const auto path = route.op->path;
  const auto at = path.find("{name}");
  if (at == std::string_view::npos) return;
  collection =
      path.starts_with(deleted) ? protocol::collection_of(route.op->kind) : path.substr(1, at - 2);
  name = route.name;
  version = route.version;
}

void audit_clerk::record(const audited_exchange& x, const audit_notes& notes) {
  if (sink_ == nullptr) return;
  if (notes.left_out) return sink_->waive();
  protocol::audit_record r;
  r.time_ms = clock_.now_ms();
  r.vault = x.vault;
  if (const auto* vault = notes.vault()) {
    r.vault = vault->name;
    r.resource_group = vault->resource_group;
  }
  r.operation = operation_of(x.given, notes);
  r.api_version = notes.api_version;
  r.status = x.given.status;
  r.status_text = reason_of(x.given.status);
  r.code = x.given.code;
  r.inner = x.given.inner;
  r.took = x.took;
  r.address = value_of(x.network_info, "addr=");
  r.address_type = address_type(value_of(x.network_info, "conn_type="));
  r.client_request_id = x.head.client_request_id;
  r.request_id = x.request_id;
  if (const auto* caller = notes.caller()) {
    r.object_id = caller->object_id;
    r.user_name = caller->user_name;
    r.application_id = caller->application_id;
  }
  r.client_info = x.head.user_agent;
  r.origin = x.origin;
  r.target = x.head.target;
  r.collection = notes.collection;
  r.name = notes.name;
  r.version = notes.version;
  r.region = x.given.region;
  if (notes.mode) r.mode = to_string(*notes.mode);
  r.read_only = notes.mode == regions::vault_mode::read_only;
  sink_->take(writer_.write(r));
}

answer unaudited_refusal() {
  return refusal(protocol::service_unavailable(
      "Nothing is served at the moment: the audit log takes no lines."));
}

}  // namespace twinkeep::actors
