#pragma once

#include "protocol/attributes.hpp"

namespace twinkeep::regions {

// What the deployment lets its vaults do, and what a vault's sku does.
struct vault_options {
  bool symmetric_keys = false;             // kty oct, which Azure keeps for HSM pools
  bool exportable_keys = false;            // keys with a release policy, which Azure keeps for HSMs
  bool notices = false;                    // somebody wants to hear of new versions and of expiry
  protocol::unix_seconds issue_after = 0;  // how long an issuer takes for a certificate
  bool azure_limits = false;               // what Azure would throttle is throttled (throttle.hpp)
  bool hsm_keys = false;                   // sku premium: keys of the types -HSM
};

}  // namespace twinkeep::regions
