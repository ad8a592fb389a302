#pragma once

#include <string>
#include <string_view>

#include "crypto/secret_bytes.hpp"
#include "protocol/attributes.hpp"
#include "protocol/errors.hpp"

namespace twinkeep::protocol::token {

// The built-in issuer's texts (CONTRACT 2.4): forms in, JSON out.
struct token_request {
  std::string client_id;
  crypto::secret_bytes client_secret;
  std::string resource;  // from scope less "/.default", or from resource (v1)
  bool v1 = false;
};
// An error of the token endpoint (RFC 6749 §5.2, with Azure's AADSTS numbers).
struct oauth_error {
  unsigned status = 400;
  std::string error;    // "invalid_client"
  unsigned number = 0;  // 7000215
  std::string description;
};
[[nodiscard]] result<token_request, oauth_error> read_token_request(std::string_view form, bool v1);
[[nodiscard]] std::string write_token_answer(const token_request& request,
                                             std::string_view access_token, unix_seconds now,
                                             unix_seconds expires);
[[nodiscard]] std::string write_oauth_error(const oauth_error& e, std::string_view timestamp,
                                            std::string_view trace_id,
                                            std::string_view correlation_id);
// OpenID Connect discovery; `authority` is https://host:port of the request.
[[nodiscard]] std::string write_openid_configuration(std::string_view authority,
                                                     std::string_view tenant);

// WWW-Authenticate of a 401: authorization first, every value quoted (CONTRACT 2.1).
[[nodiscard]] std::string challenge(std::string_view authority, std::string_view tenant,
                                    std::string_view resource);

}  // namespace twinkeep::protocol::token
