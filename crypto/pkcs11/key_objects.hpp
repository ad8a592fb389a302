#pragma once

#include "crypto/pkcs11/connection.hpp"
#include "crypto/pkcs11/material.hpp"

// Private to crypto/: keys as objects of a token.
namespace twinkeep::crypto::pkcs11 {

// Makes a key that passes through the session and comes back wrapped.
attempt<generated_key> generate_wrapped(session& in, connection& link, const key_spec& spec);
// The numbers of a key that the software provider has imported, so of one that is right.
attempt<generated_key> import_wrapped(session& in, connection& link, const generated_key& imported);

// As an object of the token. corrupt: the world's key does not open it, or it is not the key that
// its public half says.
attempt<CK_OBJECT_HANDLE> unwrap_into_token(session& in, connection& link, const wrapped_key& key,
                                            std::string_view label);

}  // namespace twinkeep::crypto::pkcs11
