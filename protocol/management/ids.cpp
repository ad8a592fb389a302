#include "protocol/management/ids.hpp"

#include "protocol/join.hpp"

namespace twinkeep::protocol::management {

std::string vault_id(std::string_view subscription, const vault_resource& vault) {
  return join({"/subscriptions/", subscription, "/resourceGroups/", vault.resource_group,
               "/providers/", vault_type, "/", vault.name});
}

std::string deleted_vault_id(std::string_view subscription, const vault_resource& vault) {
  return join({"/subscriptions/", subscription, "/providers/Microsoft.KeyVault/locations/",
               vault.location, "/deletedVaults/", vault.name});
}

std::string vault_uri(const answer_context& context, std::string_view vault) {
  return join({"https://", vault, ".", context.vault_suffix, "/"});
}

std::string operation_result_url(const answer_context& context, std::string_view location,
                                 std::string_view name) {
  return join({context.base_url, "/subscriptions/", context.subscription,
               "/providers/Microsoft.KeyVault/locations/", location, "/operationResults/", name,
               "?api-version=", context.api_version});
}

}  // namespace twinkeep::protocol::management
