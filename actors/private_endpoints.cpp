#include "actors/private_endpoints.hpp"

#include <algorithm>

#include "protocol/identifiers.hpp"
#include "regions/registry/private_endpoints.hpp"

namespace twinkeep::actors {

regions::endpoint_state state_of(const regions::private_endpoint_config& endpoint,
                                 const routing_table& table, const regions::deployment& topology,
                                 regions::instant now) {
  const auto* entry = table.find(protocol::lower(endpoint.vault));
  if (entry == nullptr || entry->resource == nullptr) return regions::endpoint_state::lost;
  regions::endpoint_facts facts;
  const auto connections = regions::connections_of(*entry->resource, topology);
  const auto own = std::ranges::find(
      connections, protocol::lower(endpoint.name),
      [](const protocol::private_endpoint_connection& c) { return protocol::lower(c.name); });
  if (own != connections.end()) facts.status = own->status;
  facts.mode = entry->route.mode;
  facts.failed_over_at = entry->failed_over_at;
  if (endpoint.region != entry->home_region) {
    const auto* region = table.find(regions::registry_name(endpoint.region));
    facts.own_region_lost =
        region == nullptr || region->route.mode != regions::vault_mode::read_write;
  }
  return regions::state_of(facts, topology.timings.private_endpoint_reestablish_after, now);
}

}  // namespace twinkeep::actors
