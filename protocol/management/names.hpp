#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "protocol/ascii.hpp"
#include "protocol/vault.hpp"

// How the management plane spells what has names, in bodies, answers and records alike. Internal
// to protocol/management.
namespace twinkeep::protocol::management {

template <class T>
struct choice {
  std::string_view name;
  T value;
};
// Without case.
template <class T, std::size_t N>
[[nodiscard]] constexpr std::optional<T> find_choice(const std::array<choice<T>, N>& choices,
                                                     std::string_view given) {
  for (const auto& [name, value] : choices) {
    if (ascii::equal_ignoring_case(name, given)) return value;
  }
  return std::nullopt;
}

// Both indexed by the enumeration.
inline constexpr std::array connection_statuses = std::to_array<choice<connection_status>>({
    {"Pending", connection_status::pending},
    {"Approved", connection_status::approved},
    {"Rejected", connection_status::rejected},
    {"Disconnected", connection_status::disconnected},
});
inline constexpr std::array vault_skus = std::to_array<choice<vault_sku>>({
    {"standard", vault_sku::standard},
    {"premium", vault_sku::premium},
});

template <class T, std::size_t N>
[[nodiscard]] constexpr bool in_enum_order(const std::array<choice<T>, N>& choices) {
  for (std::size_t i = 0; i < N; ++i) {
    if (std::size_t(choices[i].value) != i) return false;
  }
  return true;
}
static_assert(in_enum_order(connection_statuses) && in_enum_order(vault_skus));

[[nodiscard]] constexpr std::string_view name_of(connection_status status) {
  return connection_statuses.at(std::size_t(status)).name;
}
[[nodiscard]] constexpr std::string_view name_of(vault_sku sku) {
  return vault_skus.at(std::size_t(sku)).name;
}

}  // namespace twinkeep::protocol::management
