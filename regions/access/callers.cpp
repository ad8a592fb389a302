#include "regions/access/callers.hpp"

#include <algorithm>

#include "protocol/identifiers.hpp"

namespace twinkeep::regions {

bool is_principal(std::string_view id, const protocol::token::claims& caller) {
  return protocol::same_id(id, caller.object_id) ||
         std::ranges::any_of(caller.groups,
                             [&](const auto& group) { return protocol::same_id(id, group); });
}

bool is_among(std::span<const std::string> ids, const protocol::token::claims& caller) {
  return std::ranges::any_of(ids, [&](const auto& id) {
    return protocol::same_id(id, caller.object_id) || protocol::same_id(id, caller.application_id);
  });
}

protocol::caller_identity identity_of(const protocol::token::claims& caller) {
  return {caller.application_id, caller.object_id, caller.issuer, caller.groups.size()};
}

}  // namespace twinkeep::regions
