#pragma once

#include <p11-kit/pkcs11.h>

#include <string>

#include "crypto/error.hpp"

// Private to crypto/: how calls of a module fail.
namespace twinkeep::crypto::pkcs11 {

// What a call answered, and the error that it is unless somebody knows better. CKR_OK: the module
// was not at fault.
struct trouble {
  CK_RV code = CKR_OK;
  error what;
};

template <class T>
using attempt = result<T, trouble>;

// "C_Sign: CKR_KEY_HANDLE_INVALID (0x60)"; unsupported where the module says so, else unavailable.
[[nodiscard]] failure<trouble> failed(std::string_view call, CK_RV code);
[[nodiscard]] inline failure<trouble> trouble_of(error what) {
  return failure{trouble{CKR_OK, std::move(what)}};
}

// "CKR_PIN_INCORRECT", or the number of one that is not in our table.
[[nodiscard]] std::string name_of(CK_RV code);

// Session, login, objects or the token itself are gone: opening everything again may help.
[[nodiscard]] bool is_lost(CK_RV code);
// The session's handle leads nowhere any more: it is not to be closed, its number may be another's.
[[nodiscard]] bool is_session_gone(CK_RV code);
// Says no more than that something went wrong. Modules answer so to a wrong ciphertext, too, and
// SoftHSM at times to a right call while another process looks into its token.
[[nodiscard]] bool is_vague(CK_RV code);

}  // namespace twinkeep::crypto::pkcs11
