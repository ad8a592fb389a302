#pragma once

#include <string>
#include <string_view>

#include "protocol/vault.hpp"

// Resource ids and the URLs that answers and headers show. Ids are shown as they are, not
// percent-encoded.
namespace twinkeep::protocol::management {

inline constexpr std::string_view vault_type = "Microsoft.KeyVault/vaults";
inline constexpr std::string_view deleted_vault_type = "Microsoft.KeyVault/deletedVaults";

// What an answer needs to know about where it is given.
struct answer_context {
  std::string_view subscription;
  std::string_view base_url;      // "https://management.localhost:8443": no trailing slash
  std::string_view api_version;   // as asked
  std::string_view vault_suffix;  // "vault.localhost", and ":8443" where it is not 443
};

// "/subscriptions/S/resourceGroups/G/providers/Microsoft.KeyVault/vaults/V"
[[nodiscard]] std::string vault_id(std::string_view subscription, const vault_resource& vault);
// "/subscriptions/S/providers/Microsoft.KeyVault/locations/L/deletedVaults/V"
[[nodiscard]] std::string deleted_vault_id(std::string_view subscription,
                                           const vault_resource& vault);
// "https://V.vault.localhost:8443/"
[[nodiscard]] std::string vault_uri(const answer_context& context, std::string_view vault);
// For `Location`: where the result of what takes a while is asked for. `name` is a token of the
// caller's making.
[[nodiscard]] std::string operation_result_url(const answer_context& context,
                                               std::string_view location, std::string_view name);

}  // namespace twinkeep::protocol::management
