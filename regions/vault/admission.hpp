#pragma once

#include <optional>
#include <string_view>

#include "protocol/errors.hpp"
#include "protocol/operations.hpp"
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

}  // namespace twinkeep::regions
