#include "regions/failover/private_endpoint.hpp"

namespace twinkeep::regions {

std::string_view to_string(endpoint_state state) {
  switch (state) {
    case endpoint_state::connected:
      return "connected";
    case endpoint_state::pending:
      return "pending";
    case endpoint_state::rejected:
      return "rejected";
    case endpoint_state::disconnected:
      return "disconnected";
    case endpoint_state::reestablishing:
      return "reestablishing";
    case endpoint_state::lost:
      break;
  }
  return "lost";
}

endpoint_state state_of(const endpoint_facts& facts, duration reestablish_after, instant now) {
  using protocol::connection_status;
  if (facts.status == connection_status::pending) return endpoint_state::pending;
  if (facts.status == connection_status::rejected) return endpoint_state::rejected;
  if (facts.status == connection_status::disconnected) return endpoint_state::disconnected;
  if (facts.own_region_lost || facts.mode == vault_mode::unavailable) return endpoint_state::lost;
  if (facts.mode == vault_mode::read_write) return endpoint_state::connected;
  const bool is_back = facts.failed_over_at && now - *facts.failed_over_at >= reestablish_after;
  return is_back ? endpoint_state::connected : endpoint_state::reestablishing;
}

}  // namespace twinkeep::regions
