#include "regions/registry/private_endpoints.hpp"

#include <algorithm>

#include "protocol/identifiers.hpp"

namespace twinkeep::regions {

std::vector<protocol::private_endpoint_connection> connections_of(
    const protocol::vault_resource& vault, const deployment& topology) {
  std::vector<protocol::private_endpoint_connection> connections;
  for (const auto& endpoint : topology.private_endpoints) {
    if (protocol::lower(endpoint.vault) != protocol::lower(vault.name)) continue;
    const auto recorded = std::ranges::find_if(vault.connections, [&](const auto& c) {
      return protocol::lower(c.name) == protocol::lower(endpoint.name);
    });
    if (recorded != vault.connections.end()) {
      connections.push_back(*recorded);
      continue;
    }
    protocol::private_endpoint_connection fresh;
    fresh.name = endpoint.name;
    fresh.endpoint_id = endpoint.resource_id;
    fresh.status = endpoint.approved ? protocol::connection_status::approved
                                     : protocol::connection_status::pending;
    connections.push_back(std::move(fresh));
  }
  return connections;
}

}  // namespace twinkeep::regions
