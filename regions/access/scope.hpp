#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/operations.hpp"

// Resource ids: where a role is assigned, and what is asked for. They compare without case.
namespace twinkeep::regions {

// "/subscriptions/S/resourceGroups/G/providers/Microsoft.KeyVault/vaults/V"
[[nodiscard]] std::string vault_id(std::string_view subscription, std::string_view resource_group,
                                   std::string_view vault);
// The same and "/secrets/N"
[[nodiscard]] std::string object_id(std::string_view vault_id, protocol::object_kind kind,
                                    std::string_view name);

// A scope at which a role can be assigned here: a subscription, a group, a vault or one object of a
// vault. What lies further inside is empty.
struct role_scope {
  std::string_view subscription;
  std::string_view resource_group;
  std::string_view vault;
  std::optional<protocol::object_kind> kind;
  std::string_view object;
};
// Views into `text`. None: another text.
[[nodiscard]] std::optional<role_scope> parse_scope(std::string_view text);

// Whether what is said at `scope` counts for `resource`: the same, or below it. A scope ends where
// a segment ends: /subscriptions/1 is not above /subscriptions/10. What parse_scope does not take,
// "/" for one, is above nothing.
[[nodiscard]] bool covers(std::string_view scope, std::string_view resource);

}  // namespace twinkeep::regions
