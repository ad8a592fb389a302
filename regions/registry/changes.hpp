#pragma once

#include "regions/registry/decide.hpp"

// What decisions are made of. Internal to regions/registry.
namespace twinkeep::regions::registry {

namespace management = protocol::management;
using management::error_code;

[[nodiscard]] registry_decision refuse(error_code code, std::string message);
// Everything about a change is one batch: the vault, and that the request was carried out.
[[nodiscard]] registry_decision record(const registry_state& registry,
                                       const registry_context& context, registry_answer answer,
                                       std::vector<plain_record> records);
[[nodiscard]] plain_record vault_record(const protocol::vault_resource& vault);
[[nodiscard]] plain_record removal(std::string_view prefix, std::string_view lower_name);

// "The Resource 'Microsoft.KeyVault/vaults/x' under resource group 'g' was not found."
[[nodiscard]] registry_decision no_such_vault(const management::request& asked);
// The live vault of the request, in its resource group; null: there is none.
[[nodiscard]] vault_resource_ptr live_vault(const registry_state& registry,
                                            const management::request& asked);
[[nodiscard]] protocol::trace trace_of(const registry_request& request,
                                       const registry_context& context);

[[nodiscard]] registry_decision put_vault(const registry_state& registry,
                                          const registry_request& request,
                                          const management::request& asked,
                                          const registry_context& context);
[[nodiscard]] registry_decision patch_vault(const registry_state& registry,
                                            const registry_request& request,
                                            const management::request& asked,
                                            const registry_context& context);
[[nodiscard]] registry_decision change_policies(const registry_state& registry,
                                                const registry_request& request,
                                                const management::request& asked,
                                                const registry_context& context);
[[nodiscard]] registry_decision put_assignment(const registry_state& registry,
                                               const registry_request& request,
                                               const management::request& asked,
                                               const registry_context& context);
[[nodiscard]] registry_decision delete_assignment(const registry_state& registry,
                                                  const management::request& asked,
                                                  const registry_context& context);

}  // namespace twinkeep::regions::registry
