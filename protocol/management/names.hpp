#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "protocol/vault.hpp"

// How the management plane spells what has names. Internal to protocol/management.
namespace twinkeep::protocol::management {

inline constexpr std::array<std::pair<connection_status, std::string_view>, 4> connection_statuses{
    {{connection_status::pending, "Pending"},
     {connection_status::approved, "Approved"},
     {connection_status::rejected, "Rejected"},
     {connection_status::disconnected, "Disconnected"}}};

[[nodiscard]] constexpr std::string_view name_of(connection_status status) {
  return connection_statuses.at(std::size_t(status)).second;
}
[[nodiscard]] constexpr std::string_view name_of(vault_sku sku) {
  return sku == vault_sku::premium ? "premium" : "standard";
}

}  // namespace twinkeep::protocol::management
