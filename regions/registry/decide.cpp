#include "regions/registry/decide.hpp"

#include <algorithm>

#include "protocol/ascii.hpp"
#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"
#include "protocol/management/ids.hpp"
#include "regions/access/scope.hpp"
#include "regions/registry/changes.hpp"
#include "regions/registry/private_endpoints.hpp"

namespace twinkeep::regions {

using namespace registry;
using protocol::join;
using protocol::lower;

namespace {

// What was granted on a vault goes with it: recovering does not bring it back (MANAGEMENT: Soft
// delete).
void remove_assignments_of(const protocol::vault_resource& vault, const registry_state& registry,
                           const registry_context& context, std::vector<plain_record>& records) {
  const auto id = management::vault_id(context.topology.subscription, vault);
  for (const auto& [name, assignment] : registry.assignments) {
    if (covers(id, assignment->scope)) records.push_back(removal(assignment_prefix, name));
  }
}

registry_decision delete_vault(const registry_state& registry, const registry_request& request,
                               const management::request& asked, const registry_context& context) {
  const auto vault = live_vault(registry, asked);
  if (vault == nullptr) {
    registry_answer nothing;
    nothing.absent = true;
    return {std::move(nothing), {}};
  }
  auto changed = *vault;
  changed.deleted = protocol::deletion{
      context.now, context.now + seconds_per_day * vault->recovery.retention_days};
  changed.modified = trace_of(request, context);
  std::vector<plain_record> records{vault_record(changed)};
  remove_assignments_of(*vault, registry, context, records);
  registry_answer answer;
  answer.vault = std::make_shared<const protocol::vault_resource>(std::move(changed));
  return record(registry, context, std::move(answer), std::move(records));
}

registry_decision no_deleted_vault(std::string_view name) {
  return refuse(error_code::deleted_vault_not_found,
                join({"The specified deleted vault '", name, "' does not exist."}));
}

// The name stays taken until the content is gone.
registry_decision purge_vault(const registry_state& registry, std::string_view name,
                              bool by_retention, const registry_context& context) {
  const auto vault = registry.find(lower(name));
  if (vault == nullptr || !vault->deleted) return no_deleted_vault(name);
  if (vault->recovery.purge_protection && !by_retention) {
    return refuse(error_code::method_not_allowed,
                  "Operation 'DeletedVaultPurge' is not allowed: the vault is protected from "
                  "being purged.");
  }
  registry_answer answer;
  answer.vault = vault;
  if (registry.purging.contains(lower(name))) return {std::move(answer), {}};
  std::vector<plain_record> records;
  records.push_back({join({purge_prefix, lower(name)}), false, "{}"});
  return record(registry, context, std::move(answer), std::move(records));
}

registry_decision finish(const registry_state& registry, const finish_purge& done,
                         const registry_context& context) {
  const auto name = lower(done.vault);
  if (!registry.purging.contains(name)) return {registry_answer{}, {}};
  std::vector<plain_record> records{removal(vault_prefix, name), removal(purge_prefix, name)};
  if (const auto vault = registry.find(name); vault && context.topology.has_hsms(context.region)) {
    records.push_back({join({purged_prefix, vault->name}), false, "{}"});
  }
  return record(registry, context, {}, std::move(records));
}

registry_decision change_connection(const registry_state& registry, const registry_request& request,
                                    const management::request& asked,
                                    const registry_context& context) {
  const auto vault = live_vault(registry, asked);
  if (vault == nullptr) return no_such_vault(asked);
  auto changed = *vault;
  changed.connections = connections_of(*vault, context.topology);
  const auto it = std::ranges::find_if(changed.connections, [&](const auto& c) {
    return protocol::ascii::equal_ignoring_case(c.name, asked.name);
  });
  const bool deletes = asked.op->id == management::operation_id::connection_delete;
  const bool is_there =
      it != changed.connections.end() && it->status != protocol::connection_status::disconnected;
  if (!is_there && deletes) {
    registry_answer nothing;
    nothing.absent = true;
    return {std::move(nothing), {}};
  }
  if (!is_there) {
    return refuse(error_code::resource_not_found,
                  join({"The private endpoint connection '", asked.name, "' of vault '",
                        vault->name, "' was not found."}));
  }
  if (deletes) {
    it->status = protocol::connection_status::disconnected;
  } else {
    const auto& input = std::get<management::connection_input>(asked.body);
    if (input.etag && *input.etag != it->etag) {
      return refuse(error_code::conflict,
                    join({"The private endpoint connection '", asked.name,
                          "' was changed meanwhile: its etag is another one."}));
    }
    it->status = input.status;
    it->description = input.description;
  }
  ++it->etag;
  changed.modified = trace_of(request, context);
  std::vector<plain_record> records{vault_record(changed)};
  registry_answer answer;
  answer.vault = std::make_shared<const protocol::vault_resource>(std::move(changed));
  return record(registry, context, std::move(answer), std::move(records));
}

registry_decision decide(const registry_state& registry, const registry_request& request,
                         const management::request& asked, const registry_context& context) {
  using enum management::operation_id;
  switch (asked.op->id) {
    case vault_put:
      return put_vault(registry, request, asked, context);
    case vault_patch:
      return patch_vault(registry, request, asked, context);
    case vault_delete:
      return delete_vault(registry, request, asked, context);
    case deleted_vault_purge:
      return purge_vault(registry, asked.vault, false, context);
    case access_policy_add:
    case access_policy_replace:
    case access_policy_remove:
      return change_policies(registry, request, asked, context);
    case connection_put:
    case connection_delete:
      return change_connection(registry, request, asked, context);
    case role_assignment_put:
      return put_assignment(registry, request, asked, context);
    case role_assignment_delete:
      return delete_assignment(registry, asked, context);
    default:
      return refuse(error_code::internal, "The request is none that changes a region's vaults.");
  }
}

// The answer to a request that comes again, from what it has led to.
registry_decision answer_again(const registry_state& registry, const registry_request& request,
                               bool created) {
  registry_answer answer;
  answer.created = created;
  if (const auto* asked = std::get_if<management::request_ptr>(&request.asked)) {
    answer.vault = registry.find(lower((*asked)->vault));
    const auto it = registry.assignments.find(lower((*asked)->name));
    if (it != registry.assignments.end()) answer.assignment = it->second;
  }
  return {std::move(answer), {}};
}

}  // namespace

registry_decision decide(const registry_state& registry, const registry_request& request,
                         const registry_context& context) {
  if (const auto* before = registry.find_carried_out(context.request_id)) {
    return answer_again(registry, request, before->created);
  }
  if (const auto* due = std::get_if<purge_due>(&request.asked)) {
    return purge_vault(registry, due->vault, true, context);
  }
  if (const auto* done = std::get_if<finish_purge>(&request.asked)) {
    return finish(registry, *done, context);
  }
  return decide(registry, request, *std::get<management::request_ptr>(request.asked), context);
}

std::vector<registry_request> due_purges(const registry_state& registry,
                                         protocol::unix_seconds now) {
  std::vector<registry_request> due;
  for (const auto& vault : registry.all()) {
    const bool is_due = vault->deleted && vault->deleted->scheduled_purge_date <= now;
    if (is_due && !registry.purging.contains(lower(vault->name))) {
      due.push_back({purge_due{vault->name}, {}});
    }
  }
  return due;
}

}  // namespace twinkeep::regions
