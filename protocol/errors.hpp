#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/result.hpp"

namespace twinkeep::protocol {

// The codes of `error.code`. Each has one HTTP status and one spelling, in errors.cpp's table.
enum class error_code : std::uint8_t {
  bad_parameter,             // 400 BadParameter
  unauthorized,              // 401 Unauthorized
  forbidden,                 // 403 Forbidden
  secret_not_found,          // 404 SecretNotFound
  key_not_found,             // 404 KeyNotFound
  certificate_not_found,     // 404 CertificateNotFound
  pending_certificate_not_found,  // 404 PendingCertificateNotFound
  contacts_not_found,             // 404 ContactsNotFound
  certificate_issuer_not_found,   // 404 CertificateIssuerNotFound
  not_found,                 // 404 NotFound: a path that no operation has
  method_not_allowed,        // 405 MethodNotAllowed
  request_timeout,           // 408 RequestTimeout
  conflict,                  // 409 Conflict
  request_entity_too_large,  // 413 RequestEntityTooLarge
  header_too_large,          // 431 RequestHeaderFieldsTooLarge
  throttled,                 // 429 Throttled
  internal,                  // 500 InternalServerError
  service_unavailable,       // 503 ServiceUnavailable
};

// `error.innererror.code`.
enum class inner_code : std::uint8_t {
  none,
  forbidden_by_policy,
  forbidden_by_rbac,
  forbidden_by_firewall,
  forbidden_by_connection,
  secret_disabled,
  key_disabled,
  key_operation_forbidden,
  key_not_yet_valid,
  key_expired,
  secret_managed_by_key_vault,
  key_managed_by_key_vault,
  object_is_deleted_but_recoverable,
  vault_read_only,
};

[[nodiscard]] unsigned http_status(error_code code);
[[nodiscard]] std::string_view to_string(error_code code);
[[nodiscard]] std::string_view to_string(inner_code code);

// What a client is told. Never holds a value, a key or a token.
struct error {
  error_code code = error_code::internal;
  inner_code inner = inner_code::none;
  std::string message;
  std::optional<unsigned> retry_after_s;  // always set on 429 and 503
};

template <class T>
using outcome = result<T, error>;

// The errors that more than one place gives.
[[nodiscard]] error bad_parameter(std::string message);
[[nodiscard]] error service_unavailable(std::string message, unsigned retry_after_s = 1);
[[nodiscard]] error throttled(unsigned retry_after_s = 1);

}  // namespace twinkeep::protocol
