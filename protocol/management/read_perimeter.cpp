#include <charconv>

#include "protocol/join.hpp"
#include "protocol/management/guid.hpp"
#include "protocol/management/read_parts.hpp"

// Private endpoint connections, and who has which role.
namespace twinkeep::protocol::management {

namespace {

parsed<void> read_etag(reader& in, reader::value& v, std::optional<std::uint64_t>& out) {
  const auto text = in.string(v, "etag");
  if (!text) return failure{text.error()};
  if (text->empty()) return {};
  std::uint64_t number = 0;
  const auto* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) {
    return wrong({"Member 'etag' is ", json::quoted(*text),
                  ". It must be one that this service has given."});
  }
  out = number;
  return {};
}

parsed<void> read_state(reader& in, reader::value& v, std::optional<connection_status>& status,
                        std::string& description) {
  const std::string called = "properties.privateLinkServiceConnectionState";
  return in.object(v, called, [&](std::string_view name, reader::value& m) -> parsed<void> {
    if (name == "status")
      return read_choice(in, m, called + ".status", connection_statuses, status);
    if (name == "description") return read_words(in, m, called + ".description", description);
    return in.ignore(m);
  });
}

parsed<void> read_endpoint(reader& in, reader::value& v, std::optional<std::string>& out) {
  return in.object(v, "properties.privateEndpoint",
                   [&](std::string_view name, reader::value& m) -> parsed<void> {
                     if (name != "id") return in.ignore(m);
                     return read_resource_id(in, m, "properties.privateEndpoint.id", out.emplace());
                   });
}

// The GUID at the end of a role definition's id, whatever scope stands in front of it.
parsed<void> read_role_definition(reader& in, reader::value& v, std::string& out) {
  constexpr std::string_view called = "properties.roleDefinitionId";
  if (auto done = read_words(in, v, called, out); !done) return done;
  const auto slash = out.rfind('/');
  const auto id = slash == std::string::npos ? out : out.substr(slash + 1);
  if (!is_guid(id)) {
    return wrong({"Member '", called, "' is ", json::quoted(out),
                  ". It must be the id of a role definition, which ends with a GUID."});
  }
  out = id;
  return {};
}

constexpr std::array principal_types = std::to_array<choice<std::string_view>>({
    {"User", "User"},
    {"Group", "Group"},
    {"ServicePrincipal", "ServicePrincipal"},
    {"ForeignGroup", "ForeignGroup"},
    {"Device", "Device"},
});

// A role under a condition that is not looked at would be more than was asked for.
parsed<void> read_condition(reader& in, reader::value& v) {
  constexpr std::string_view called = "properties.condition";
  const auto text = in.string(v, called);
  if (!text) return failure{text.error()};
  if (text->empty()) return {};
  return wrong({"Member '", called, "' must be absent: conditions are not supported here."});
}

}  // namespace

outcome<request_body> read_connection(reader& in, operation_id) {
  connection_input body;
  std::optional<connection_status> status;
  const auto property = [&](std::string_view name, reader::value& m) -> parsed<void> {
    if (name == "privateEndpoint") return read_endpoint(in, m, body.endpoint_id);
    if (name == "privateLinkServiceConnectionState") {
      return read_state(in, m, status, body.description);
    }
    return in.ignore(m);
  };
  auto done = in.read([&](std::string_view name, reader::value& v) -> parsed<void> {
    if (name == "etag") return read_etag(in, v, body.etag);
    if (name == "properties") return in.object(v, name, property);
    return in.ignore(v);
  });
  if (!done) return bad_body(done.error());
  if (!status) {
    return bad_body(json::missing_member("properties.privateLinkServiceConnectionState.status"));
  }
  body.status = *status;
  return request_body{std::move(body)};
}

outcome<request_body> read_role_assignment(reader& in, operation_id) {
  role_assignment_input body;
  const auto property = [&](std::string_view name, reader::value& m) -> parsed<void> {
    const auto called = join({"properties.", name});
    if (name == "roleDefinitionId") return read_role_definition(in, m, body.role_definition);
    if (name == "principalId") return read_guid(in, m, called, body.principal_id);
    if (name == "principalType") {
      return read_choice(in, m, called, principal_types, body.principal_type);
    }
    if (name == "condition") return read_condition(in, m);
    return in.ignore(m);
  };
  auto done = in.read([&](std::string_view name, reader::value& v) -> parsed<void> {
    if (name == "properties") return in.object(v, name, property);
    return in.ignore(v);
  });
  if (!done) return bad_body(done.error());
  if (body.role_definition.empty()) {
    return bad_body(json::missing_member("properties.roleDefinitionId"));
  }
  if (body.principal_id.empty()) return bad_body(json::missing_member("properties.principalId"));
  return request_body{std::move(body)};
}

}  // namespace twinkeep::protocol::management
