#pragma once

#include <vector>

#include "protocol/vault.hpp"
#include "regions/topology.hpp"

namespace twinkeep::regions {

// The connections of the private endpoints that the configuration declares for the vault, in the
// state that was recorded of them; one that was never decided on is as the configuration says.
// Disconnected ones are among them: they are no more the vault's, but stay what they are.
[[nodiscard]] std::vector<protocol::private_endpoint_connection> connections_of(
    const protocol::vault_resource& vault, const deployment& topology);

}  // namespace twinkeep::regions
