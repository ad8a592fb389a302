#pragma once

#include <string>
#include <string_view>

#include "crypto/error.hpp"
#include "protocol/vault.hpp"

namespace twinkeep::protocol::management {

// The form in which the management plane's resources are kept, by the rules of json/stored.hpp:
// unknown members are ignored and absent ones take their defaults, but for a vault's name and
// location and an assignment's name, scope, role and principal, which have none. Reading gives
// `corrupt` and names the member, not its content.
[[nodiscard]] std::string store_vault(const vault_resource& vault);
[[nodiscard]] crypto::outcome<vault_resource> load_vault_resource(std::string_view text);
[[nodiscard]] std::string store_role_assignment(const role_assignment& assignment);
[[nodiscard]] crypto::outcome<role_assignment> load_role_assignment(std::string_view text);

}  // namespace twinkeep::protocol::management
