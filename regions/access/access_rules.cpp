#include "regions/access/access_rules.hpp"

#include <algorithm>

#include "protocol/messages.hpp"
#include "regions/access/callers.hpp"
#include "regions/access/policies.hpp"
#include "regions/access/roles.hpp"
#include "regions/access/scope.hpp"

namespace twinkeep::regions {

namespace {

using protocol::operation;
using protocol::same_id;

// "/secrets/{name}/...", "/deletedkeys/{name}": the object stands in the path. The name of an
// issuer is none of an object.
bool names_object(const operation& op) {
  const auto behind = op.path.substr(std::min(op.path.find('/', 1), op.path.size()));
  return behind.starts_with("/{name}");
}

std::string without_dashes(std::string_view guid) {
  std::string digits;
  std::ranges::copy_if(protocol::lower(guid), std::back_inserter(digits),
                       [](char c) { return c != '-'; });
  return digits;
}

}  // namespace

access_rules::access_rules(const protocol::vault_resource& vault,
                           std::span<const protocol::role_assignment> in_scope,
                           std::vector<std::string> owners, const setting& where)
    : tenant_(vault.tenant_id),
      vault_id_(vault_id(where.subscription, vault.resource_group, vault.name)),
      owners_(std::move(owners)),
      by_roles_(vault.rbac_authorization),
      network_(make_network_filter(vault, where.trusted_services)) {
  // One model counts, the other one is kept by the management plane and not looked at.
  if (by_roles_) {
    for (const auto& assignment : in_scope) take(assignment);
  } else {
    for (const auto& policy : vault.access_policies) take(policy);
  }
}

void access_rules::take(const protocol::access_policy& policy) {
  if (!policy.tenant_id.empty() && !tenant_.empty() && !same_id(policy.tenant_id, tenant_)) return;
  if (policy.object_id.empty()) return;
  right given;
  for (const auto& op : protocol::operations()) {
    if (policy_allows(policy, op)) given.operations.set(std::size_t(op.id));
  }
  given.application = policy.application_id;
  principals_[policy.object_id].push_back(std::move(given));
}

void access_rules::take(const protocol::role_assignment& assignment) {
  const auto* held = find_role(assignment.role_definition);
  if (held == nullptr || assignment.principal_id.empty()) return;
  right given;
  if (!covers(assignment.scope, vault_id_)) {
    const auto scope = parse_scope(assignment.scope);
    if (!scope || !scope->kind || !covers(vault_id_, assignment.scope)) return;
    given.kind = scope->kind;
    given.object = scope->object;
  }
  for (const auto& op : protocol::operations()) {
    const bool about_it = !given.kind || (names_object(op) && op.kind == *given.kind);
    if (about_it && held->allows_data(op.data_action)) given.operations.set(std::size_t(op.id));
  }
  given.gives = {without_dashes(assignment.name), !given.kind.has_value()};
  principals_[assignment.principal_id].push_back(std::move(given));
}

bool access_rules::right::suits(const operation& op, std::string_view asked_for,
                                const protocol::token::claims& caller) const {
  if (!operations.test(std::size_t(op.id))) return false;
  if (kind && !same_id(object, asked_for)) return false;
  // Compound identity: a user through this application, neither of them alone.
  return application.empty() ||
         (!caller.is_application && same_id(application, caller.application_id));
}

const grant* access_rules::find(const operation& op, std::string_view object,
                                const protocol::token::claims& caller) const {
  if (is_among(owners_, caller)) return &of_owners_;
  if (!tenant_.empty() && !same_id(tenant_, caller.tenant)) return nullptr;
  const grant* found = nullptr;
  // False: go on. A right for the whole vault is preferred, because it can be remembered.
  const auto look = [&](const std::string& id) {
    const auto rights = principals_.find(id);
    if (id.empty() || rights == principals_.end()) return false;
    for (const auto& given : rights->second) {
      if (!given.suits(op, object, caller)) continue;
      found = &given.gives;
      if (found->whole_vault) return true;
    }
    return false;
  };
  if (!look(caller.object_id)) static_cast<void>(std::ranges::any_of(caller.groups, look));
  return found;
}

std::string access_rules::resource_of(const operation& op, std::string_view object) const {
  return names_object(op) && !object.empty() ? object_id(vault_id_, op.kind, object) : vault_id_;
}

access_rules_ptr make_access_rules(const protocol::vault_resource& vault,
                                   std::span<const protocol::role_assignment> in_scope,
                                   std::vector<std::string> owners,
                                   const access_rules::setting& where) {
  return std::make_shared<const access_rules>(vault, in_scope, std::move(owners), where);
}

protocol::outcome<const grant*> permit(const operation& op, std::string_view object,
                                       const protocol::token::claims& caller,
                                       const access_rules& rules, const admission_facts& facts) {
  if (const auto* given = rules.find(op, object, caller)) return given;
  const auto who = identity_of(caller);
  if (!rules.by_roles()) {
    return failure{protocol::forbidden_by_policy(op, who, facts.vault, facts.home_region)};
  }
  return failure{protocol::forbidden_by_rbac(op, who, rules.resource_of(op, object), facts.vault,
                                             facts.home_region)};
}

}  // namespace twinkeep::regions
