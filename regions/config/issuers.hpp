#pragma once

#include "regions/config/table_reader.hpp"
#include "regions/topology.hpp"

// Internal to regions/config.
namespace twinkeep::regions {

// [[issuers]] and built_in_issuer; after the vaults, whose tenants need an issuer each.
void read_issuers(const table_reader& root, deployment& d, complaints& sink);

}  // namespace twinkeep::regions
