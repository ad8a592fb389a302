#include <algorithm>

#include "protocol/ascii.hpp"
#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"
#include "regions/registry/changes.hpp"

// Creating, replacing, changing and recovering a vault (MANAGEMENT: Vault resource, Soft delete).
namespace twinkeep::regions::registry {

namespace {

using management::vault_input;
using protocol::join;
using protocol::lower;
using protocol::vault_resource;

std::optional<management::error> bad(std::string message) {
  return management::bad_request(std::move(message));
}

bool is_tenant(std::string_view tenant, const deployment& topology) {
  const auto is = [&](std::string_view known) {
    return !known.empty() && protocol::ascii::equal_ignoring_case(known, tenant);
  };
  return is(topology.tenant) || std::ranges::any_of(topology.issuers, is, &issuer_config::tenant);
}

// Keys of HSMs that a vault has stay usable when it goes back to standard, so that needs no check.
management::error no_premium(const registry_context& context) {
  std::string offered;
  for (const auto& region : context.topology.regions) {
    if (!context.topology.offers_premium(region.facts->name)) continue;
    offered += (offered.empty() ? "" : ", ") + std::string{region.facts->name};
  }
  return {
      error_code::sku_not_supported,
      join({"The sku 'premium' is not offered in ", context.region, ", which has no HSMs",
            context.topology.has_hsms(context.region) ? " where its vaults are copied to. " : ". ",
            offered.empty() ? "No region of this service offers it."
                            : join({"Regions that offer it: ", offered, "."})})};
}

// What cannot be undone, and what this service does not have.
std::optional<management::error> check_rules(const vault_input& input, const vault_resource* stored,
                                             const registry_context& context) {
  if (input.purge_protection == false) {
    return bad(
        "The property \"enablePurgeProtection\" cannot be set to false. Enabling the purge "
        "protection for a vault is an irreversible action.");
  }
  if (input.soft_delete == false) {
    return bad(
        "The property \"enableSoftDelete\" cannot be set to false. Enabling the soft delete "
        "feature for a vault is an irreversible action.");
  }
  if (stored != nullptr && input.retention_days &&
      *input.retention_days != stored->recovery.retention_days) {
    return bad(
        "The property \"softDeleteRetentionInDays\" has been set already and it can't be "
        "modified.");
  }
  if (input.sku == protocol::vault_sku::premium &&
      !context.topology.offers_premium(context.region)) {
    return no_premium(context);
  }
  if (input.tenant_id && !is_tenant(*input.tenant_id, context.topology)) {
    return bad(join({"The property \"tenantId\" is '", *input.tenant_id,
                     "', which no issuer of this service vouches for."}));
  }
  return std::nullopt;
}

std::optional<management::error> check_policies(const vault_resource& vault) {
  for (const auto& policy : vault.access_policies) {
    if (protocol::ascii::equal_ignoring_case(policy.tenant_id, vault.tenant_id)) continue;
    return bad(join({"An access policy is of tenant '", policy.tenant_id,
                     "', the vault of tenant '", vault.tenant_id, "'. Expected the same."}));
  }
  return std::nullopt;
}

// What a PATCH says, and a PUT of what it does not reset.
void take_over(const vault_input& input, vault_resource& vault) {
  const auto take = [](const auto& given, auto& target) {
    if (given) target = *given;
  };
  take(input.tags, vault.tags);
  take(input.tenant_id, vault.tenant_id);
  take(input.sku, vault.sku);
  take(input.access_policies, vault.access_policies);
  take(input.rbac_authorization, vault.rbac_authorization);
  take(input.enabled_for_deployment, vault.enabled_for_deployment);
  take(input.enabled_for_disk_encryption, vault.enabled_for_disk_encryption);
  take(input.enabled_for_template_deployment, vault.enabled_for_template_deployment);
  take(input.retention_days, vault.recovery.retention_days);
  take(input.purge_protection, vault.recovery.purge_protection);
  if (input.network) vault.network = input.network;
  take(input.public_access, vault.public_access);
}

registry_decision keep(const registry_state& registry, const registry_request& request,
                       vault_resource vault, bool created, const registry_context& context) {
  if (auto wrong = check_policies(vault)) return {*std::move(wrong), {}};
  vault.modified = trace_of(request, context);
  if (created) vault.created = vault.modified;
  std::vector<plain_record> records{vault_record(vault)};
  if (registry.purged.contains(vault.name)) records.push_back(removal(purged_prefix, vault.name));
  registry_answer answer;
  answer.created = created;
  answer.vault = std::make_shared<const vault_resource>(std::move(vault));
  return record(registry, context, std::move(answer), std::move(records));
}

std::optional<management::error> check_required(const vault_input& input, bool uses_roles) {
  const auto missing = [](std::string_view member) {
    return bad(join({"The property \"", member, "\" is required."}));
  };
  if (!input.location) return missing("location");
  if (!input.tenant_id) return missing("properties.tenantId");
  if (!input.sku) return missing("properties.sku");
  if (!input.access_policies && !uses_roles) return missing("properties.accessPolicies");
  return std::nullopt;
}

registry_decision recover_vault(const registry_state& registry, const registry_request& request,
                                const management::request& asked, const vault_resource& deleted,
                                const registry_context& context) {
  const auto& input = std::get<vault_input>(asked.body);
  if (!protocol::ascii::equal_ignoring_case(deleted.resource_group, asked.group)) {
    return refuse(error_code::bad_request,
                  join({"The deleted vault '", deleted.name, "' was in the resource group '",
                        deleted.resource_group, "': it is recovered there."}));
  }
  auto vault = deleted;
  vault.deleted.reset();
  if (input.tags) vault.tags = *input.tags;
  return keep(registry, request, std::move(vault), false, context);
}

registry_decision create_vault(const registry_state& registry, const registry_request& request,
                               const management::request& asked, const registry_context& context) {
  const auto& input = std::get<vault_input>(asked.body);
  const bool roles =
      input.rbac_authorization.value_or(management::uses_roles_by_default(asked.api_version));
  if (auto wrong = check_required(input, roles)) return {*std::move(wrong), {}};
  if (auto wrong = check_rules(input, nullptr, context)) return {*std::move(wrong), {}};
  vault_resource vault;
  vault.name = asked.vault;
  vault.location = context.region;
  vault.resource_group = asked.group;
  vault.rbac_authorization = roles;
  take_over(input, vault);
  return keep(registry, request, std::move(vault), true, context);
}

// A PUT replaces the whole but for what cannot be undone, and the authorization model, which an
// omission never changes.
registry_decision replace_vault(const registry_state& registry, const registry_request& request,
                                const management::request& asked, const vault_resource& stored,
                                const registry_context& context) {
  const auto& input = std::get<vault_input>(asked.body);
  const bool roles = input.rbac_authorization.value_or(stored.rbac_authorization);
  if (auto wrong = check_required(input, roles)) return {*std::move(wrong), {}};
  if (auto wrong = check_rules(input, &stored, context)) return {*std::move(wrong), {}};
  vault_resource vault;
  vault.name = stored.name;
  vault.location = stored.location;
  vault.resource_group = stored.resource_group;
  vault.rbac_authorization = roles;
  vault.recovery = stored.recovery;
  vault.connections = stored.connections;
  vault.created = stored.created;
  take_over(input, vault);
  return keep(registry, request, std::move(vault), false, context);
}

using names = std::vector<std::string>;

bool holds(const names& list, std::string_view name) {
  return std::ranges::any_of(list, [&](const std::string& item) {
    return protocol::ascii::equal_ignoring_case(item, name);
  });
}

void add_names(names& to, const names& given) {
  for (const auto& name : given) {
    if (!holds(to, name)) to.push_back(name);
  }
}

void remove_names(names& from, const names& given) {
  std::erase_if(from, [&](const std::string& name) { return holds(given, name); });
}

bool is_empty(const protocol::access_policy& p) {
  return p.keys.empty() && p.secrets.empty() && p.certificates.empty() && p.storage.empty();
}

bool is_same_principal(const protocol::access_policy& a, const protocol::access_policy& b) {
  using protocol::ascii::equal_ignoring_case;
  return equal_ignoring_case(a.tenant_id, b.tenant_id) &&
         equal_ignoring_case(a.object_id, b.object_id) &&
         equal_ignoring_case(a.application_id, b.application_id);
}

template <class Change>
void change_names(protocol::access_policy& policy, const protocol::access_policy& given,
                  Change change) {
  change(policy.keys, given.keys);
  change(policy.secrets, given.secrets);
  change(policy.certificates, given.certificates);
  change(policy.storage, given.storage);
}

void change_policy(std::vector<protocol::access_policy>& policies, management::operation_id how,
                   const protocol::access_policy& given) {
  using enum management::operation_id;
  const auto it = std::ranges::find_if(
      policies, [&](const auto& policy) { return is_same_principal(policy, given); });
  if (it == policies.end()) {
    if (how != access_policy_remove) policies.push_back(given);
  } else if (how == access_policy_replace) {
    *it = given;
  } else if (how == access_policy_add) {
    change_names(*it, given, add_names);
  } else {
    change_names(*it, given, remove_names);
    if (is_empty(*it)) policies.erase(it);
  }
}

}  // namespace

registry_decision put_vault(const registry_state& registry, const registry_request& request,
                            const management::request& asked, const registry_context& context) {
  const auto& input = std::get<vault_input>(asked.body);
  if (!protocol::is_vault_name(asked.vault)) {
    return refuse(error_code::vault_name_not_valid,
                  join({"The vault name '", asked.vault,
                        "' is not valid. Expected 3 to 24 letters, digits and single '-', a letter "
                        "first and no '-' last."}));
  }
  const auto stored = registry.find(lower(asked.vault));
  if (stored == nullptr) {
    if (!input.recover) return create_vault(registry, request, asked, context);
    return refuse(error_code::deleted_vault_not_found,
                  join({"The specified deleted vault '", asked.vault, "' does not exist."}));
  }
  if (registry.purging.contains(lower(asked.vault))) {
    return refuse(error_code::conflict,
                  join({"The vault '", stored->name, "' is currently being purged."}));
  }
  if (stored->deleted && input.recover) {
    return recover_vault(registry, request, asked, *stored, context);
  }
  if (stored->deleted) {
    return refuse(error_code::conflict,
                  join({"A vault with the name '", stored->name,
                        "' already exists in deleted state. Recover it with createMode 'recover', "
                        "purge it, or take another name."}));
  }
  if (!protocol::ascii::equal_ignoring_case(stored->resource_group, asked.group)) {
    return refuse(error_code::vault_already_exists,
                  join({"The vault name '", asked.vault, "' is already in use."}));
  }
  return replace_vault(registry, request, asked, *stored, context);
}

registry_decision patch_vault(const registry_state& registry, const registry_request& request,
                              const management::request& asked, const registry_context& context) {
  const auto stored = live_vault(registry, asked);
  if (stored == nullptr) return no_such_vault(asked);
  const auto& input = std::get<vault_input>(asked.body);
  if (auto wrong = check_rules(input, stored.get(), context)) return {*std::move(wrong), {}};
  auto vault = *stored;
  take_over(input, vault);
  return keep(registry, request, std::move(vault), false, context);
}

registry_decision change_policies(const registry_state& registry, const registry_request& request,
                                  const management::request& asked,
                                  const registry_context& context) {
  constexpr std::size_t most_policies = 1024;
  const auto stored = live_vault(registry, asked);
  if (stored == nullptr) return no_such_vault(asked);
  auto vault = *stored;
  for (const auto& given : std::get<management::access_policy_input>(asked.body).policies) {
    change_policy(vault.access_policies, asked.op->id, given);
  }
  if (vault.access_policies.size() > most_policies) {
    return refuse(
        error_code::bad_request,
        join({"The vault would have ", std::to_string(vault.access_policies.size()),
              " access policies. Expected at most ", std::to_string(most_policies), "."}));
  }
  return keep(registry, request, std::move(vault), false, context);
}

}  // namespace twinkeep::regions::registry
