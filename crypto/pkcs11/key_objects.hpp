#pragma once

#include "crypto/pkcs11/connection.hpp"
#include "crypto/pkcs11/material.hpp"

// Private to crypto/: keys as objects of a token.
namespace twinkeep::crypto::pkcs11 {

// Makes a key that passes through the session and comes back wrapped.
attempt<generated_key> generate_wrapped(session& in, connection& link, const key_spec& spec);
// The numbers of a key that the software provider has imported, so of one that is right.
attempt<generated_key> import_wrapped(session& in, connection& link, const generated_key& imported);

// A key on its way, before it is wrapped: an object of the session, which the world's key can take
// along.
[[nodiscard]] attributes passing_private();
[[nodiscard]] attempt<generated_key> wrapped(session& in, connection& link, CK_OBJECT_HANDLE object,
                                             public_key pub);

// What modules show of an RSA key, whichever half the object is.
[[nodiscard]] attempt<public_key> read_rsa_half(session& in, CK_OBJECT_HANDLE object);
// RS256, or the one of the key's curve.
[[nodiscard]] const algorithm& algorithm_to_check(const public_key& pub);
// Whether what the private half signs is signed by this key. corrupt: it is not.
[[nodiscard]] attempt<void> check_signature(session& in, CK_OBJECT_HANDLE object,
                                            const public_key& pub);

// As the template says. corrupt: the world's key does not open it, or it is not the key that its
// public half says.
attempt<CK_OBJECT_HANDLE> unwrap_as(session& in, connection& link, const wrapped_key& key,
                                    attributes& what);
// The same, as an object of the token.
attempt<CK_OBJECT_HANDLE> unwrap_into_token(session& in, connection& link, const wrapped_key& key,
                                            std::string_view label);

}  // namespace twinkeep::crypto::pkcs11
