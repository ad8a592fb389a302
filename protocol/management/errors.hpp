#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/result.hpp"

namespace twinkeep::protocol::management {

// The codes of the management plane's `error.code`, each with its HTTP status, in errors.cpp's
// table (MANAGEMENT: Errors).
enum class error_code : std::uint8_t {
  bad_request,                // 400 BadRequest
  invalid_request_content,    // 400 InvalidRequestContent: not JSON, or not what is asked for
  missing_api_version,        // 400 MissingApiVersionParameter
  invalid_api_version,        // 400 InvalidApiVersionParameter
  vault_name_not_valid,       // 400 VaultNameNotValid
  sku_not_supported,          // 400 SkuNotSupported
  region_not_supported,       // 400 RegionNotSupported
  authentication_failed,      // 401 AuthenticationFailed
  authorization_failed,       // 403 AuthorizationFailed
  vault_read_only,            // 403 VaultReadOnly: its region is failed over
  subscription_not_found,     // 404 SubscriptionNotFound
  resource_group_not_found,   // 404 ResourceGroupNotFound
  resource_not_found,         // 404 ResourceNotFound
  vault_not_found,            // 404 VaultNotFound
  deleted_vault_not_found,    // 404 DeletedVaultNotFound
  secret_not_found,           // 404 SecretNotFound
  key_not_found,              // 404 KeyNotFound
  role_assignment_not_found,  // 404 RoleAssignmentNotFound
  role_definition_not_found,  // 404 RoleDefinitionDoesNotExist
  invalid_resource_type,      // 404 InvalidResourceType: a path that no operation has
  method_not_allowed,         // 405 MethodNotAllowed
  vault_already_exists,       // 409 VaultAlreadyExists
  conflict,                   // 409 ConflictError
  role_assignment_exists,     // 409 RoleAssignmentExists
  request_too_large,          // 413 RequestContentTooLarge
  too_many_requests,          // 429 TooManyRequests
  internal,                   // 500 InternalServerError
  service_unavailable,        // 503 ServiceUnavailable
};
[[nodiscard]] unsigned http_status(error_code code);
[[nodiscard]] std::string_view to_string(error_code code);

// {"error":{"code","message"}}. Never holds a value, a key or a token.
struct error {
  error_code code = error_code::internal;
  std::string message;
  std::optional<unsigned> retry_after_s = std::nullopt;  // always set on 429 and 503
};
template <class T>
using outcome = result<T, error>;

[[nodiscard]] error bad_request(std::string message);

// {"error":{"code","message"}} as the body of an answer.
[[nodiscard]] std::string write_error(const error& e);

}  // namespace twinkeep::protocol::management
