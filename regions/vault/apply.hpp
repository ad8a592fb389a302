#pragma once

#include <span>

#include "crypto/error.hpp"
#include "regions/store/batch.hpp"
#include "regions/vault/vault_state.hpp"
#include "regions/vault/write_lease.hpp"

namespace twinkeep::regions {

// State follows from records alone: loading a vault, applying a client's committed mutation and
// applying what the primary did are the same function, under three names that say who may.
// An error (corrupt) leaves the state unusable; the vault must be loaded again.

// Everything a store has of the vault; `identity` carries its opened data key.
[[nodiscard]] crypto::outcome<vault_state> load_vault(vault_identity_ptr identity,
                                                      std::span<const record_change> records);
// A client's mutation, committed. The caller has checked that the lease is valid now: a primary
// that may no longer acknowledge must not show the change either.
[[nodiscard]] crypto::outcome<void> apply(vault_state& vault,
                                          std::span<const record_change> changes,
                                          const write_lease& lease);
// What the paired region's primary did, at the secondary.
[[nodiscard]] crypto::outcome<void> apply_replicated(vault_state& vault,
                                                     std::span<const record_change> changes);

}  // namespace twinkeep::regions
