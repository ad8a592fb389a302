#pragma once

#include "crypto/pkcs11/connection.hpp"

// Private to crypto/: RFC 3394 and RFC 5649 over a caller's text, with a key of the token, where
// the module only wraps objects. The text becomes an object of the session for that.
namespace twinkeep::crypto::pkcs11 {

attempt<bytes> wrap_text(session& in, const mechanism_list& offered, CK_OBJECT_HANDLE key,
                         const algorithm& alg, byte_view text);
attempt<secret_bytes> unwrap_text(session& in, CK_OBJECT_HANDLE key, const algorithm& alg,
                                  byte_view wrapped);

}  // namespace twinkeep::crypto::pkcs11
