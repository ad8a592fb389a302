#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/errors.hpp"
#include "protocol/operations.hpp"
#include "protocol/token/token.hpp"
#include "regions/failover/route.hpp"

namespace twinkeep::regions {

// Whether the vault's mode lets the operation in. The only place that asks it; the answer is the
// table's. nullopt: let in.
struct admission_facts {
  std::string_view vault;
  std::string_view home_region;
  std::string_view serving_region;
  unsigned retry_after_s = 1;
};
[[nodiscard]] std::optional<protocol::error> refuse_for_mode(const protocol::operation& op,
                                                             vault_mode mode,
                                                             const admission_facts& facts);

// Who may do what on one vault. The seam for access policies and roles: today a caller has every
// right or none.
struct access_rules {
  std::vector<std::string> owners;  // object ids and application ids with full rights
};
[[nodiscard]] std::optional<protocol::error> refuse_for_rights(
    const protocol::operation& op, const protocol::token::claims& caller, const access_rules& rules,
    const admission_facts& facts);

}  // namespace twinkeep::regions
