#include "regions/config/role_assignments.hpp"

#include <algorithm>
#include <array>

#include "crypto/digest.hpp"
#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"
#include "regions/access/roles.hpp"
#include "regions/access/scope.hpp"
#include "regions/config/values.hpp"

namespace twinkeep::regions {

namespace {

using protocol::role_assignment;

constexpr std::array<std::string_view, 3> principal_types{"User", "Group", "ServicePrincipal"};
constexpr std::string_view a_role = "a built-in role, by name or id";

const role* role_of(std::string_view text) {
  const auto* by_id = find_role(text);
  return by_id != nullptr ? by_id : find_role_by_name(text);
}

// The same at every start, because the file names none (RFC 9562 §5.8: version 8).
std::string name_of(const role_assignment& assigned) {
  const auto text = protocol::lower(protocol::join(
      {assigned.principal_id, "\n", assigned.role_definition, "\n", assigned.scope}));
  auto digest = crypto::sha256(as_bytes(text));
  digest[6] = static_cast<std::uint8_t>((digest[6] & 0x0f) | 0x80);
  digest[8] = static_cast<std::uint8_t>((digest[8] & 0x3f) | 0x80);
  auto guid = crypto::hex_encode(byte_view(digest).first(16));
  for (const auto at : {8, 13, 18, 23}) guid.insert(static_cast<std::size_t>(at), 1, '-');
  return guid;
}

void read_role(const table_reader& table, role_assignment& assigned) {
  std::string text;
  table.read("role", text, a_role, [](const std::string&) { return true; });
  if (!table.has("role")) table.complain_of_value("role", a_role);
  if (const auto* found = role_of(text)) {
    assigned.role_definition = found->id;
    return;
  }
  std::vector<std::string_view> names;
  std::ranges::transform(built_in_roles(), std::back_inserter(names), &role::name);
  const auto meant = nearest(text, names);
  table.complain_of_value(
      "role", meant.empty() ? std::string{a_role} : protocol::join({a_role, " (", meant, "?)"}));
}

role_assignment read_one(const table_reader& table, const std::string& subscription) {
  role_assignment assigned;
  constexpr std::string_view a_principal = "the object id of a user, group or application";
  table.read("principal", assigned.principal_id, a_principal, is_id);
  if (!table.has("principal")) table.complain_of_value("principal", a_principal);
  read_role(table, assigned);
  const auto whole = "/subscriptions/" + subscription;
  assigned.scope = whole;
  table.read("scope", assigned.scope,
             "the id of the subscription " + whole + ", or of a group, vault or object in it",
             [&](const std::string& text) {
               const auto scope = parse_scope(text);
               return scope && protocol::same_id(scope->subscription, subscription);
             });
  assigned.principal_type = "ServicePrincipal";
  table.read("principal_type", assigned.principal_type, R"("User", "Group" or "ServicePrincipal")",
             [](const std::string& text) {
               return std::ranges::find(principal_types, text) != principal_types.end();
             });
  assigned.name = name_of(assigned);
  return assigned;
}

}  // namespace

void read_role_assignments(const table_reader& root, deployment& d, complaints& sink) {
  const auto tables = root.tables("role_assignments");
  if (!tables) return;
  for (const auto* t : *tables) {
    const table_reader table{
        *t, "role_assignments", {"principal", "role", "scope", "principal_type"}, sink};
    auto assigned = read_one(table, d.subscription);
    if (std::ranges::find(d.role_assignments, assigned.name, &role_assignment::name) !=
        d.role_assignments.end()) {
      table.complain("role", "each assignment once", "the same one again");
    }
    d.role_assignments.push_back(std::move(assigned));
  }
}

}  // namespace twinkeep::regions
