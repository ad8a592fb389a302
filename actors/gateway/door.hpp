#pragma once

#include "regions/topology.hpp"

namespace twinkeep::actors {

// Where a connection came in, and with it what it may ask for.
struct door {
  bool data = true;
  bool management = true;
  const regions::private_endpoint_config* endpoint = nullptr;  // one vault's private endpoint
};

}  // namespace twinkeep::actors
