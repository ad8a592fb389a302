#pragma once

#include "actors/routing.hpp"
#include "regions/failover/private_endpoint.hpp"

namespace twinkeep::actors {

// Whether the endpoint carries traffic now, as the table says.
[[nodiscard]] regions::endpoint_state state_of(const regions::private_endpoint_config& endpoint,
                                               const routing_table& table,
                                               const regions::deployment& topology,
                                               regions::instant now);

}  // namespace twinkeep::actors
