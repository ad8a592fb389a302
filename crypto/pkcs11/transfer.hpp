#pragma once

#include "crypto/pkcs11/connection.hpp"
#include "crypto/pkcs11/material.hpp"

// Private to crypto/: keys that come from another HSM.
namespace twinkeep::crypto::pkcs11 {

// Modules have CKM_RSA_AES_KEY_WRAP as one mechanism or, like SoftHSM, not at all: here its two
// steps are taken one after the other, within the token. bad_input: see
// hsm_token::import_transferred().
attempt<generated_key> unwrap_transferred(session& in, connection& link,
                                          const wrapped_key& exchange,
                                          const transferred_key& given);

}  // namespace twinkeep::crypto::pkcs11
