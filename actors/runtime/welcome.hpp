#pragma once

#include <string>
#include <vector>

#include "actors/runtime/service_identity.hpp"

namespace twinkeep::actors {

// What there is to tell once the service listens.
struct service_doors {
  const regions::deployment& topology;
  const service_identity& identity;
  std::vector<regions::endpoint> listening;  // as bound; the first one is the alias
  regions::endpoint admin;
  regions::endpoint management = {};  // of the management plane: one of `listening`, or its own //
                                      // as bound
};

// The ready file's JSON. It holds the client secret.
[[nodiscard]] crypto::secret_bytes ready_document(const service_doors& doors);

// How to reach the service and how to trust it, for a person at a terminal. Holds no secret: the
// examples read it from the client file.
[[nodiscard]] std::string welcome_text(const service_doors& doors);

// "https://127.0.0.1:8443"; an address that stands for all of them becomes the loopback.
[[nodiscard]] std::string uri_of(std::string_view scheme, const regions::endpoint& e);

}  // namespace twinkeep::actors
