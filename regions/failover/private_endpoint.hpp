#pragma once

#include <optional>
#include <string_view>

#include "protocol/vault.hpp"
#include "regions/failover/route.hpp"
#include "regions/failover/timings.hpp"

namespace twinkeep::regions {

// Whether a private endpoint carries traffic to its vault, and why not.
enum class endpoint_state {
  connected,
  pending,  // nobody has approved it yet
  rejected,
  disconnected,    // its connection was removed
  reestablishing,  // its vault has failed over: it takes a while to come back
  lost,            // its vault's region, or its own, is lost
};
[[nodiscard]] std::string_view to_string(endpoint_state state);

struct endpoint_facts {
  protocol::connection_status status = protocol::connection_status::pending;
  vault_mode mode = vault_mode::unavailable;  // of the vault
  std::optional<instant> failed_over_at;      // while the vault is served by the pair
  bool own_region_lost = false;               // where it is not the vault's
};
[[nodiscard]] endpoint_state state_of(const endpoint_facts& facts, duration reestablish_after,
                                      instant now);

}  // namespace twinkeep::regions
