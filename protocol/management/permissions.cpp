#include "protocol/management/permissions.hpp"

#include <algorithm>
#include <array>

#include "protocol/ascii.hpp"

namespace twinkeep::protocol::management {

namespace {

using name = std::string_view;
// MANAGEMENT, "Access policies". Data plane operations ask for these by the operation table.
constexpr std::array keys = std::to_array<name>({
    "all",
    "encrypt",
    "decrypt",
    "wrapKey",
    "unwrapKey",
    "sign",
    "verify",
    "get",
    "list",
    "create",
    "update",
    "import",
    "delete",
    "backup",
    "restore",
    "recover",
    "purge",
    "release",
    "rotate",
    "getrotationpolicy",
    "setrotationpolicy",
});
constexpr std::array secrets = std::to_array<name>({
    "all",
    "get",
    "list",
    "set",
    "delete",
    "backup",
    "restore",
    "recover",
    "purge",
});
constexpr std::array certificates = std::to_array<name>({
    "all",
    "get",
    "list",
    "delete",
    "create",
    "import",
    "update",
    "managecontacts",
    "getissuers",
    "listissuers",
    "setissuers",
    "deleteissuers",
    "manageissuers",
    "recover",
    "purge",
    "backup",
    "restore",
});
constexpr std::array storage = std::to_array<name>({
    "all",
    "get",
    "list",
    "delete",
    "set",
    "update",
    "regeneratekey",
    "recover",
    "purge",
    "backup",
    "restore",
    "setsas",
    "listsas",
    "getsas",
    "deletesas",
});
// Indexed by permission_kind.
constexpr std::array<std::span<const name>, 4> table{keys, secrets, certificates, storage};

}  // namespace

std::span<const std::string_view> permissions(permission_kind kind) {
  return table.at(std::size_t(kind));
}

std::optional<std::string_view> find_permission(permission_kind kind, std::string_view given) {
  const auto all = permissions(kind);
  const auto it = std::ranges::find_if(
      all, [given](name known) { return ascii::equal_ignoring_case(known, given); });
  if (it == all.end()) return std::nullopt;
  return *it;
}

}  // namespace twinkeep::protocol::management
