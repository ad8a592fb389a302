#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/error.hpp"
#include "crypto/random.hpp"
#include "crypto/secret_bytes.hpp"

namespace twinkeep::crypto {

// A certificate and its private key, both PEM (PKCS#8 for the key).
struct certified_key {
  std::string certificate_pem;
  secret_bytes private_key_pem;
};

// Names that a server certificate covers: DNS names (a leading "*." allowed) and IP literals.
struct server_names {
  std::vector<std::string> dns;
  std::vector<std::string> ip;
};

// A local certificate authority: ECDSA P-256, SHA-256, CA:TRUE pathlen 0, keyCertSign and cRLSign,
// subject and authority key identifiers, random 64+-bit serial (RFC 5280 §4). Times are Unix seconds.
[[nodiscard]] outcome<certified_key> make_certificate_authority(const std::string& common_name,
                                                                std::int64_t not_before,
                                                                std::int64_t not_after);
// A TLS server certificate by that authority, with every name as subjectAltName and serverAuth.
[[nodiscard]] outcome<certified_key> issue_server_certificate(const certified_key& authority,
                                                              const server_names& names,
                                                              std::int64_t not_before,
                                                              std::int64_t not_after);

// What the service needs to decide whether a stored certificate still serves.
struct certificate_facts {
  std::int64_t not_before = 0;
  std::int64_t not_after = 0;
  server_names names;
  bool issued_by_given_authority = false;
};
[[nodiscard]] outcome<certificate_facts> inspect_certificate(const std::string& certificate_pem,
                                                             const std::string& authority_pem);

}  // namespace twinkeep::crypto
