#include "regions/registry/changes.hpp"

#include "protocol/ascii.hpp"
#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"
#include "protocol/management/stored.hpp"

namespace twinkeep::regions::registry {

registry_decision refuse(error_code code, std::string message) {
  return {management::error{code, std::move(message)}, {}};
}

registry_decision record(const registry_state& registry, const registry_context& context,
                         registry_answer answer, std::vector<plain_record> records) {
  auto meta = std::to_string(registry.changes + 1);
  const auto add = [&meta](std::string_view id, bool created) {
    meta.append(" ").append(id).append(created ? "+" : "-");
  };
  const bool full = registry.recent.size() >= registry_state::most_recent;
  for (auto it = registry.recent.begin() + (full ? 1 : 0); it != registry.recent.end(); ++it) {
    add(it->request_id, it->created);
  }
  add(context.request_id, answer.created);
  records.push_back({std::string(changes_record), false, std::move(meta)});
  return {std::move(answer), std::move(records)};
}

plain_record vault_record(const protocol::vault_resource& vault) {
  return {std::string(vault_prefix) + protocol::lower(vault.name), false,
          management::store_vault(vault)};
}

plain_record removal(std::string_view prefix, std::string_view lower_name) {
  return {protocol::join({prefix, lower_name}), true, {}};
}

registry_decision no_such_vault(const management::request& asked) {
  return refuse(error_code::resource_not_found,
                protocol::join({"The Resource 'Microsoft.KeyVault/vaults/", asked.vault,
                                "' under resource group '", asked.group, "' was not found."}));
}

vault_resource_ptr live_vault(const registry_state& registry, const management::request& asked) {
  auto vault = registry.find(protocol::lower(asked.vault));
  const bool is_it = vault != nullptr && !vault->deleted &&
                     protocol::ascii::equal_ignoring_case(vault->resource_group, asked.group);
  return is_it ? vault : nullptr;
}

protocol::trace trace_of(const registry_request& request, const registry_context& context) {
  auto trace = request.caller;
  trace.at = context.now;
  return trace;
}

}  // namespace twinkeep::regions::registry
