#pragma once

#include <string>
#include <string_view>

#include "crypto/bytes.hpp"
#include "protocol/errors.hpp"

namespace twinkeep::protocol::token {

// What matters of an issuer's OpenID configuration (OpenID Connect Discovery 1.0 §3).
struct openid_document {
  std::string issuer;
  std::string key_set_uri;
};
[[nodiscard]] outcome<openid_document> read_openid_document(byte_view text);

// Whether the document is that of the issuer (Discovery §4.3): anybody's document could name
// anybody's keys. Azure's document for all tenants has {tenantid} in place of one.
[[nodiscard]] bool is_of_issuer(const openid_document& document, std::string_view name,
                                std::string_view tenant);

}  // namespace twinkeep::protocol::token
