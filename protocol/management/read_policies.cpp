#include <algorithm>
#include <set>

#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"
#include "protocol/management/permissions.hpp"
#include "protocol/management/read_parts.hpp"

// Access policies, of a vault and of the requests that change them one by one.
namespace twinkeep::protocol::management {

namespace {

constexpr std::size_t max_policies = 1024;
constexpr std::string_view list = "properties.accessPolicies";

// A list of permissions: once each, in the table's spelling.
parsed<void> read_permission_list(reader& in, reader::value& v, permission_kind kind,
                                  std::string_view name, std::vector<std::string>& out) {
  const auto of_item = join({name, "[]"});
  out.clear();
  return in.array(v, name, [&](reader::value& item) -> parsed<void> {
    const auto given = in.string(item, of_item);
    if (!given) return failure{given.error()};
    const auto known = find_permission(kind, *given);
    if (!known) {
      const auto all = permissions(kind);
      return failure{json::not_accepted(of_item, *given, {all.begin(), all.end()})};
    }
    if (std::ranges::find(out, *known) == out.end()) out.emplace_back(*known);
    return {};
  });
}

struct permission_row {
  std::string_view name;
  permission_kind kind;
  std::vector<std::string> access_policy::*in;
};
constexpr std::array permission_rows = std::to_array<permission_row>({
    {"keys", permission_kind::keys, &access_policy::keys},
    {"secrets", permission_kind::secrets, &access_policy::secrets},
    {"certificates", permission_kind::certificates, &access_policy::certificates},
    {"storage", permission_kind::storage, &access_policy::storage},
});

parsed<void> read_permissions(reader& in, reader::value& v, access_policy& out) {
  const auto name = join({list, "[].permissions"});
  return in.object(v, name, [&](std::string_view member, reader::value& m) -> parsed<void> {
    for (const auto& row : permission_rows) {
      if (member != row.name) continue;
      return read_permission_list(in, m, row.kind, join({name, ".", row.name}), out.*row.in);
    }
    return in.ignore(m);
  });
}

parsed<void> read_policy(reader& in, reader::value& v, access_policy& out) {
  bool has_permissions = false;
  auto done = in.object(v, join({list, "[]"}), [&](std::string_view name, reader::value& m) {
    const auto called = join({list, "[].", name});
    if (name == "tenantId") return read_guid(in, m, called, out.tenant_id);
    if (name == "objectId") return read_guid(in, m, called, out.object_id);
    if (name == "applicationId") return read_guid(in, m, called, out.application_id);
    if (name != "permissions") return in.ignore(m);
    has_permissions = true;
    return read_permissions(in, m, out);
  });
  if (!done) return done;
  const auto missing = [](std::string_view name) {
    return failure{json::missing_member(join({list, "[].", name}))};
  };
  if (out.tenant_id.empty()) return missing("tenantId");
  if (out.object_id.empty()) return missing("objectId");
  if (!has_permissions) return missing("permissions");
  return {};
}

}  // namespace

parsed<void> read_access_policy_list(reader& in, reader::value& v,
                                     std::vector<access_policy>& out) {
  out.clear();
  std::set<std::string> principals;
  return json::read_list(in, v, list, max_policies, [&](reader::value& item) -> parsed<void> {
    access_policy policy;
    if (auto done = read_policy(in, item, policy); !done) return done;
    if (!out.empty() && !ascii::equal_ignoring_case(policy.tenant_id, out.front().tenant_id)) {
      return wrong({"Member '", list, "' has policies of the tenants ", out.front().tenant_id,
                    " and ", policy.tenant_id, ". All must be of the vault's."});
    }
    if (!principals.insert(lower(join({policy.object_id, " ", policy.application_id}))).second) {
      return wrong({"Member '", list, "' has more than one policy for the object ",
                    policy.object_id, policy.application_id.empty() ? "" : " and the application ",
                    policy.application_id, "."});
    }
    out.push_back(std::move(policy));
    return {};
  });
}

outcome<request_body> read_access_policies(reader& in, operation_id) {
  access_policy_input body;
  bool given = false;
  const auto property = [&](std::string_view name, reader::value& m) -> parsed<void> {
    if (name != "accessPolicies") return in.ignore(m);
    given = true;
    return read_access_policy_list(in, m, body.policies);
  };
  auto done = in.read([&](std::string_view name, reader::value& v) -> parsed<void> {
    if (name == "properties") return in.object(v, name, property);
    return in.ignore(v);
  });
  if (!done) return bad_body(done.error());
  if (!given) return bad_body(json::missing_member(list));
  return request_body{std::move(body)};
}

}  // namespace twinkeep::protocol::management
