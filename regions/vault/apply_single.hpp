#pragma once

#include "crypto/error.hpp"
#include "regions/store/batch.hpp"
#include "regions/vault/vault_state.hpp"

namespace twinkeep::regions {

// Applies a record that stands for itself: a pending operation, an issuer, the contacts, a notice.
// corrupt: it does not open, or is of no known kind. Internal to regions/vault.
[[nodiscard]] crypto::outcome<void> apply_single(vault_state& vault, const record_change& change);

}  // namespace twinkeep::regions
