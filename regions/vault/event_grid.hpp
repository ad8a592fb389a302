#pragma once

#include <string>

#include "regions/vault/vault_state.hpp"

namespace twinkeep::regions {

// What an event says of its vault.
struct event_source {
  std::string vault;
  std::string base_url;      // "https://demo.vault.localhost:8443", without '/'
  std::string subscription;  // part of the topic
};

// A notice as Azure's Event Grid delivers it (schema of its Microsoft.KeyVault events, data version
// 1): an array of one event.
[[nodiscard]] std::string write_events(const notice& n, const event_source& source);

}  // namespace twinkeep::regions
