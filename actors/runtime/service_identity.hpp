#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/gateway/gateway.hpp"
#include "actors/runtime/wall_clock.hpp"
#include "crypto/keyring.hpp"
#include "crypto/random.hpp"
#include "crypto/x509.hpp"
#include "protocol/token/token.hpp"
#include "regions/topology.hpp"

namespace twinkeep::actors {

// Who the service is to its clients: its certificates, its tenant, its own issuer.
struct service_identity {
  std::string authority_pem;              // the local CA's certificate
  std::filesystem::path authority_file;   // where clients find it; absolute
  std::filesystem::path client_file;      // client.json; absolute
  crypto::certified_key server;           // the TLS certificate, issued by that CA
  crypto::certified_key issuing;          // the built-in issuer of vaults' certificates
  std::string tenant;                     // of vaults that name none
  std::optional<built_in_client> client;  // nothing: the built-in issuer is off
  std::vector<built_in_client> clients;   // those of the configuration, in its order
  std::unique_ptr<crypto::key> signer;    // of the built-in issuer, RSA; null: off
  // The built-in one first, if it is on, then the configured ones in their order.
  std::vector<protocol::token::issuer> issuers;
};

// Reads it from the data directory, or makes what is missing, each file durably and atomically and
// never readable by others where it holds a secret:
//   tenant           its id, unless one is configured or only outside issuers are
//   client.json      the built-in issuer's own client, which may do everything
//   clients/*.json   those that the configuration names
//   issuer.key       the built-in issuer's signing key, sealed by the keyring
//   issuer/ca.*      the built-in issuer of certificates, unless one is configured
//   tls/ca.*         the local CA, for ten years
//   tls/server.*     the server certificate, issued again when it runs out, when names are added or
//                    when it no longer fits the CA
// An error names the file and what is wrong with it, never what it holds.
[[nodiscard]] result<service_identity, std::string> load_service_identity(
    const std::filesystem::path& data, const regions::deployment& topology,
    const crypto::keyring& keys, crypto::key_provider& provider, crypto::random_source& random,
    const wall_clock& clock);

}  // namespace twinkeep::actors
