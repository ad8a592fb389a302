#include "regions/access/policies.hpp"

#include <algorithm>
#include <array>

#include "protocol/identifiers.hpp"

namespace twinkeep::regions {

namespace {

using protocol::same_id;

constexpr std::array keys = std::to_array<std::string_view>({
    "all",
    "encrypt",
    "decrypt",
    "wrapkey",
    "unwrapkey",
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
constexpr std::array secrets = std::to_array<std::string_view>({
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
constexpr std::array certificates = std::to_array<std::string_view>({
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
constexpr std::array storage = std::to_array<std::string_view>({
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
struct permission_row {
  std::string_view collection;
  std::span<const std::string_view> names;
};
constexpr std::array permissions = std::to_array<permission_row>({
    {"keys", keys},
    {"secrets", secrets},
    {"certificates", certificates},
    {"storage", storage},
});

// A permission that stands for others of its kind.
struct equivalence {
  std::string_view wanted, instead;
};
constexpr std::array equivalences = std::to_array<equivalence>({
    {"getissuers", "manageissuers"},
    {"listissuers", "manageissuers"},
    {"setissuers", "manageissuers"},
    {"deleteissuers", "manageissuers"},
});

// What "all" leaves out: who is to purge must be told so.
constexpr std::string_view never_in_all = "purge";
// Takes any permission of its kind.
constexpr auto undemanding = protocol::operation_id::random_bytes;

const std::vector<std::string>& permissions_of(const protocol::access_policy& policy,
                                               protocol::object_kind kind) {
  switch (kind) {
    case protocol::object_kind::secret:
      return policy.secrets;
    case protocol::object_kind::key:
      return policy.keys;
    case protocol::object_kind::certificate:
      break;
  }
  return policy.certificates;
}

bool is_good_for(std::string_view given, std::string_view wanted) {
  if (same_id(given, wanted)) return true;
  if (same_id(given, "all")) return !same_id(wanted, never_in_all);
  return std::ranges::any_of(equivalences, [&](const equivalence& e) {
    return same_id(e.wanted, wanted) && same_id(e.instead, given);
  });
}

}  // namespace

bool policy_allows(const protocol::access_policy& policy, const protocol::operation& op) {
  const auto& given = permissions_of(policy, op.kind);
  if (op.id == undemanding) return !given.empty();
  return std::ranges::any_of(given,
                             [&](const auto& name) { return is_good_for(name, op.permission); });
}

std::span<const std::string_view> policy_permissions(std::string_view collection) {
  const auto* row = std::ranges::find(permissions, collection, &permission_row::collection);
  return row == permissions.end() ? std::span<const std::string_view>{} : row->names;
}

}  // namespace twinkeep::regions
