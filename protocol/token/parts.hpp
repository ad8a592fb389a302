#pragma once

#include <string_view>
#include <vector>

#include "protocol/token/token.hpp"

// The steps of `parse` and `verify`. Internal to protocol/token, but for the tests of vectors whose
// payloads are no claims.
namespace twinkeep::protocol::token {

// A JWS in compact form (RFC 7515 §3.1), its payload not yet read; of the claims only the key id.
struct jws {
  unverified_token token;
  bytes payload;
};
[[nodiscard]] outcome<jws> read_jws(std::string_view text);

// All but the key id, which is the header's.
[[nodiscard]] outcome<claims> read_claims(byte_view payload);

// The issuers whose key of that id has signed. Key ids are each issuer's own: two may use the same,
// and a key speaks for the issuer that publishes it and for no other.
[[nodiscard]] outcome<std::vector<const issuer*>> signers_of(const unverified_token& token,
                                                             const std::vector<issuer>& issuers,
                                                             crypto::key_provider& provider);

}  // namespace twinkeep::protocol::token
