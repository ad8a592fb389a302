#include "protocol/errors.hpp"

#include <array>
#include <cstddef>

namespace twinkeep::protocol {

namespace {

struct error_row {
  error_code code;
  unsigned status;
  std::string_view text;
};
// THE table of error codes: rows in the order of the enumeration (CONTRACT 9.1).
constexpr std::array error_rows = std::to_array<error_row>({
    {error_code::bad_parameter, 400, "BadParameter"},
    {error_code::unauthorized, 401, "Unauthorized"},
    {error_code::forbidden, 403, "Forbidden"},
    {error_code::secret_not_found, 404, "SecretNotFound"},
    {error_code::key_not_found, 404, "KeyNotFound"},
    {error_code::certificate_not_found, 404, "CertificateNotFound"},
    {error_code::pending_certificate_not_found, 404, "PendingCertificateNotFound"},
    {error_code::contacts_not_found, 404, "ContactsNotFound"},
    {error_code::certificate_issuer_not_found, 404, "CertificateIssuerNotFound"},
    {error_code::not_found, 404, "NotFound"},
    {error_code::method_not_allowed, 405, "MethodNotAllowed"},
    {error_code::request_timeout, 408, "RequestTimeout"},
    {error_code::conflict, 409, "Conflict"},
    {error_code::request_entity_too_large, 413, "RequestEntityTooLarge"},
    {error_code::header_too_large, 431, "RequestHeaderFieldsTooLarge"},
    {error_code::throttled, 429, "Throttled"},
    {error_code::internal, 500, "InternalServerError"},
    {error_code::service_unavailable, 503, "ServiceUnavailable"},
});

struct inner_row {
  inner_code code;
  std::string_view text;
};
constexpr std::array inner_rows = std::to_array<inner_row>({
    {inner_code::none, ""},
    {inner_code::forbidden_by_policy, "ForbiddenByPolicy"},
    {inner_code::forbidden_by_rbac, "ForbiddenByRbac"},
    {inner_code::forbidden_by_firewall, "ForbiddenByFirewall"},
    {inner_code::forbidden_by_connection, "ForbiddenByConnection"},
    {inner_code::secret_disabled, "SecretDisabled"},
    {inner_code::key_disabled, "KeyDisabled"},
    {inner_code::key_operation_forbidden, "KeyOperationForbidden"},
    {inner_code::key_not_yet_valid, "KeyNotYetValid"},
    {inner_code::key_expired, "KeyExpired"},
    {inner_code::secret_managed_by_key_vault, "SecretManagedByKeyVault"},
    {inner_code::key_managed_by_key_vault, "KeyManagedByKeyVault"},
    {inner_code::object_is_deleted_but_recoverable, "ObjectIsDeletedButRecoverable"},
    {inner_code::vault_read_only, "VaultReadOnly"},
});

template <class Rows>
constexpr bool in_enum_order(const Rows& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (static_cast<std::size_t>(rows[i].code) != i) return false;
  }
  return true;
}
static_assert(in_enum_order(error_rows) && in_enum_order(inner_rows),
              "tables are indexed by the enumeration");
static_assert(error_rows.back().code == error_code::service_unavailable &&
                  inner_rows.back().code == inner_code::vault_read_only,
              "a row for every code");

}  // namespace

unsigned http_status(error_code code) {
  return error_rows.at(std::size_t(code)).status;
}
std::string_view to_string(error_code code) {
  return error_rows.at(std::size_t(code)).text;
}
std::string_view to_string(inner_code code) {
  return inner_rows.at(std::size_t(code)).text;
}

error bad_parameter(std::string message) {
  return {error_code::bad_parameter, inner_code::none, std::move(message), std::nullopt};
}

error service_unavailable(std::string message, unsigned retry_after_s) {
  return {error_code::service_unavailable, inner_code::none, std::move(message), retry_after_s};
}

error throttled(unsigned retry_after_s) {
  // As recorded by public clients (LIMITS.md).
  return {error_code::throttled, inner_code::none,
          "Request was not processed because too many requests were received. Reason: "
          "VaultRequestTypeLimitReached",
          retry_after_s};
}

}  // namespace twinkeep::protocol
