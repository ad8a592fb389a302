#pragma once

#include <string>
#include <string_view>

#include "crypto/bytes.hpp"
#include "protocol/errors.hpp"
#include "protocol/requests.hpp"

namespace twinkeep::protocol::json {

// Reads the body of an operation into its typed form (simdjson). `body` may lack padding.
// Unknown members are ignored, null is absent, a BOM is tolerated; malformed JSON, nesting deeper
// than 32 levels, wrong types, and values beyond the limits are 400 BadParameter with a message
// that names the member. Operations without a body ignore what is sent.
// Restore operations are not read here: see read_backup_blob.
[[nodiscard]] outcome<request_body> read_body(operation_id operation, byte_view body);

// {"value": "<base64url>"} of a restore request, decoded.
[[nodiscard]] outcome<bytes> read_backup_blob(byte_view body);

// The transfer blob of a key that is brought from another HSM: `key_hsm` of a JWK, decoded.
[[nodiscard]] outcome<key_transfer> read_key_transfer(byte_view blob);

}  // namespace twinkeep::protocol::json
