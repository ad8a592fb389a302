#include "regions/access/policies.hpp"

#include <algorithm>
#include <array>

#include "protocol/identifiers.hpp"

namespace twinkeep::regions {

namespace {

using protocol::same_id;

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

}  // namespace twinkeep::regions
