#include "crypto/pkcs11/trouble.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace twinkeep::crypto::pkcs11 {

namespace {

enum class kind {
  other,
  lost,         // opening again may help
  gone,         // ... and the session is not to be closed
  unsupported,  // the module does not offer it
  vague,
};

struct row {
  CK_RV code;
  std::string_view name;
  pkcs11::kind kind;
};

// PKCS #11 version 2.40, section 5.1.
constexpr std::array rows = std::to_array<row>({
    {CKR_HOST_MEMORY, "CKR_HOST_MEMORY", kind::other},
    {CKR_SLOT_ID_INVALID, "CKR_SLOT_ID_INVALID", kind::gone},
    {CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR", kind::vague},
    {CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED", kind::vague},
    {CKR_ARGUMENTS_BAD, "CKR_ARGUMENTS_BAD", kind::other},
    {CKR_CANT_LOCK, "CKR_CANT_LOCK", kind::other},
    {CKR_ATTRIBUTE_READ_ONLY, "CKR_ATTRIBUTE_READ_ONLY", kind::other},
    {CKR_ATTRIBUTE_SENSITIVE, "CKR_ATTRIBUTE_SENSITIVE", kind::other},
    {CKR_ATTRIBUTE_TYPE_INVALID, "CKR_ATTRIBUTE_TYPE_INVALID", kind::other},
    {CKR_ATTRIBUTE_VALUE_INVALID, "CKR_ATTRIBUTE_VALUE_INVALID", kind::other},
    {CKR_DATA_INVALID, "CKR_DATA_INVALID", kind::other},
    {CKR_DATA_LEN_RANGE, "CKR_DATA_LEN_RANGE", kind::other},
    {CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR", kind::lost},
    {CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY", kind::other},
    {CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED", kind::gone},
    {CKR_ENCRYPTED_DATA_INVALID, "CKR_ENCRYPTED_DATA_INVALID", kind::other},
    {CKR_ENCRYPTED_DATA_LEN_RANGE, "CKR_ENCRYPTED_DATA_LEN_RANGE", kind::other},
    {CKR_FUNCTION_NOT_SUPPORTED, "CKR_FUNCTION_NOT_SUPPORTED", kind::unsupported},
    {CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID", kind::lost},
    {CKR_KEY_SIZE_RANGE, "CKR_KEY_SIZE_RANGE", kind::unsupported},
    {CKR_KEY_TYPE_INCONSISTENT, "CKR_KEY_TYPE_INCONSISTENT", kind::other},
    {CKR_KEY_NOT_WRAPPABLE, "CKR_KEY_NOT_WRAPPABLE", kind::other},
    {CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED", kind::other},
    {CKR_KEY_UNEXTRACTABLE, "CKR_KEY_UNEXTRACTABLE", kind::other},
    {CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID", kind::unsupported},
    {CKR_MECHANISM_PARAM_INVALID, "CKR_MECHANISM_PARAM_INVALID", kind::unsupported},
    {CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID", kind::lost},
    {CKR_OPERATION_ACTIVE, "CKR_OPERATION_ACTIVE", kind::lost},
    {CKR_OPERATION_NOT_INITIALIZED, "CKR_OPERATION_NOT_INITIALIZED", kind::lost},
    {CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT", kind::other},
    {CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED", kind::other},
    {CKR_PIN_LOCKED, "CKR_PIN_LOCKED", kind::other},
    {CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED", kind::gone},
    {CKR_SESSION_COUNT, "CKR_SESSION_COUNT", kind::other},
    {CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID", kind::gone},
    {CKR_SESSION_READ_ONLY_EXISTS, "CKR_SESSION_READ_ONLY_EXISTS", kind::other},
    {CKR_TEMPLATE_INCOMPLETE, "CKR_TEMPLATE_INCOMPLETE", kind::other},
    {CKR_TEMPLATE_INCONSISTENT, "CKR_TEMPLATE_INCONSISTENT", kind::other},
    {CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT", kind::gone},
    {CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED", kind::gone},
    {CKR_TOKEN_WRITE_PROTECTED, "CKR_TOKEN_WRITE_PROTECTED", kind::other},
    {CKR_UNWRAPPING_KEY_HANDLE_INVALID, "CKR_UNWRAPPING_KEY_HANDLE_INVALID", kind::lost},
    {CKR_USER_ALREADY_LOGGED_IN, "CKR_USER_ALREADY_LOGGED_IN", kind::other},
    {CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN", kind::lost},
    {CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED", kind::other},
    {CKR_USER_ANOTHER_ALREADY_LOGGED_IN, "CKR_USER_ANOTHER_ALREADY_LOGGED_IN", kind::other},
    {CKR_USER_TOO_MANY_TYPES, "CKR_USER_TOO_MANY_TYPES", kind::other},
    {CKR_WRAPPED_KEY_INVALID, "CKR_WRAPPED_KEY_INVALID", kind::other},
    {CKR_WRAPPED_KEY_LEN_RANGE, "CKR_WRAPPED_KEY_LEN_RANGE", kind::other},
    {CKR_WRAPPING_KEY_HANDLE_INVALID, "CKR_WRAPPING_KEY_HANDLE_INVALID", kind::lost},
    {CKR_DOMAIN_PARAMS_INVALID, "CKR_DOMAIN_PARAMS_INVALID", kind::unsupported},
    {CKR_BUFFER_TOO_SMALL, "CKR_BUFFER_TOO_SMALL", kind::other},
    {CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED", kind::gone},
});

const row* row_of(CK_RV code) {
  const auto found = std::ranges::find(rows, code, &row::code);
  return found == rows.end() ? nullptr : &*found;
}

kind kind_of(CK_RV code) {
  const auto* found = row_of(code);
  return found == nullptr ? kind::other : found->kind;
}

}  // namespace

std::string name_of(CK_RV code) {
  if (const auto* found = row_of(code); found != nullptr) return std::string{found->name};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "0x%lx", code);
  return text.data();
}

failure<trouble> failed(std::string_view call, CK_RV code) {
  const auto is =
      kind_of(code) == kind::unsupported ? error_code::unsupported : error_code::unavailable;
  return failure{trouble{code, {is, std::string{call} + ": " + name_of(code)}}};
}

bool is_lost(CK_RV code) {
  return kind_of(code) == kind::lost || is_session_gone(code);
}

bool is_session_gone(CK_RV code) {
  return kind_of(code) == kind::gone;
}

bool is_vague(CK_RV code) {
  return kind_of(code) == kind::vague;
}

}  // namespace twinkeep::crypto::pkcs11
