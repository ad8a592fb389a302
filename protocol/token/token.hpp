#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/key_provider.hpp"
#include "protocol/attributes.hpp"
#include "protocol/errors.hpp"

namespace twinkeep::protocol::token {

inline constexpr std::size_t max_token_chars = 16 * 1024;
inline constexpr std::size_t max_groups = 256;  // Azure leaves them out beyond 200 (CONTRACT 2.3)
inline constexpr std::size_t max_key_set_bytes = 1024 * 1024;
inline constexpr unix_seconds clock_leeway_s = 300;

struct claims {
  std::string issuer, audience, tenant, object_id, application_id, key_id;
  unix_seconds not_before = 0, expires = 0, issued_at = 0;
  std::vector<std::string> groups = {};  // object ids
  std::string user_name = {};            // upn, or what stands for it; for the audit log
  // False: a user, through the application. What idtyp says; without it, a token is an
  // application's if it has neither scp nor a user's name and is about its own object (oid is sub).
  bool is_application = true;
};

// Taken apart but not yet believed (RFC 7515 §5.2, RFC 7519).
struct unverified_token {
  const crypto::algorithm* algorithm = nullptr;  // RS256 or ES256, nothing else
  std::string encoded_header;                    // for the message that names it
  protocol::token::claims claims;
  std::string signing_input;
  bytes signature;
};
// 401 Unauthorized with the texts of CONTRACT 2.1. Refuses alg none, unknown or mismatching
// algorithms, crit, headers that bring a key of their own, members that come twice, oversized and
// deeply nested tokens.
[[nodiscard]] outcome<unverified_token> parse(std::string_view text);

// Who may have signed a token and what it must say.
struct issuer_key {
  std::string key_id;
  crypto::public_key pub;
};
struct issuer {
  std::string name;  // what `iss` must be; for the built-in issuer: any https://.../<tenant>/v2.0
  bool built_in = false;
  std::string tenant;
  std::vector<issuer_key> keys;
};

// Finds the key by id, checks the signature, then issuer, tenant, audience and time. `audiences`
// are the accepted values of `aud`, a trailing slash not counting.
[[nodiscard]] outcome<claims> verify(const unverified_token& token,
                                     const std::vector<issuer>& issuers,
                                     const std::vector<std::string>& audiences, unix_seconds now,
                                     crypto::key_provider& provider);

// Makes a signed token; `signer` holds the private key whose id is `claims.key_id` (RS256).
[[nodiscard]] crypto::outcome<std::string> sign(const claims& c, crypto::key& signer);

// A JWKS (RFC 7517 §5): reading what an issuer publishes, writing our own.
[[nodiscard]] outcome<std::vector<issuer_key>> read_key_set(byte_view text);
[[nodiscard]] std::string write_key_set(const std::vector<issuer_key>& keys,
                                        std::string_view issuer_name);
// Thumbprint of a public key (RFC 7638, SHA-256, base64url): our key ids.
[[nodiscard]] std::string thumbprint(const crypto::public_key& pub);

}  // namespace twinkeep::protocol::token
