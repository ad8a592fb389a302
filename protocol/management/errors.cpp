#include "protocol/management/errors.hpp"

#include <array>
#include <cstddef>
#include <utility>

#include "protocol/json/write_parts.hpp"

namespace twinkeep::protocol::management {

namespace {

struct error_row {
  error_code code;
  unsigned status;
  std::string_view text;
};
// THE table of the management plane's error codes: rows in the order of the enumeration.
constexpr std::array table = std::to_array<error_row>({
    {error_code::bad_request, 400, "BadRequest"},
    {error_code::invalid_request_content, 400, "InvalidRequestContent"},
    {error_code::missing_api_version, 400, "MissingApiVersionParameter"},
    {error_code::invalid_api_version, 400, "InvalidApiVersionParameter"},
    {error_code::vault_name_not_valid, 400, "VaultNameNotValid"},
    {error_code::sku_not_supported, 400, "SkuNotSupported"},
    {error_code::region_not_supported, 400, "RegionNotSupported"},
    {error_code::authentication_failed, 401, "AuthenticationFailed"},
    {error_code::authorization_failed, 403, "AuthorizationFailed"},
    {error_code::vault_read_only, 403, "VaultReadOnly"},
    {error_code::subscription_not_found, 404, "SubscriptionNotFound"},
    {error_code::resource_group_not_found, 404, "ResourceGroupNotFound"},
    {error_code::resource_not_found, 404, "ResourceNotFound"},
    {error_code::vault_not_found, 404, "VaultNotFound"},
    {error_code::deleted_vault_not_found, 404, "DeletedVaultNotFound"},
    {error_code::secret_not_found, 404, "SecretNotFound"},
    {error_code::key_not_found, 404, "KeyNotFound"},
    {error_code::role_assignment_not_found, 404, "RoleAssignmentNotFound"},
    {error_code::role_definition_not_found, 404, "RoleDefinitionDoesNotExist"},
    {error_code::invalid_resource_type, 404, "InvalidResourceType"},
    {error_code::method_not_allowed, 405, "MethodNotAllowed"},
    {error_code::vault_already_exists, 409, "VaultAlreadyExists"},
    {error_code::conflict, 409, "ConflictError"},
    {error_code::role_assignment_exists, 409, "RoleAssignmentExists"},
    {error_code::request_too_large, 413, "RequestContentTooLarge"},
    {error_code::too_many_requests, 429, "TooManyRequests"},
    {error_code::internal, 500, "InternalServerError"},
    {error_code::service_unavailable, 503, "ServiceUnavailable"},
});

constexpr bool in_enum_order() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (std::size_t(table[i].code) != i) return false;
  }
  return table.back().code == error_code::service_unavailable;
}
static_assert(in_enum_order(), "a row for every code, indexed by the enumeration");

}  // namespace

unsigned http_status(error_code code) {
  return table.at(std::size_t(code)).status;
}

std::string_view to_string(error_code code) {
  return table.at(std::size_t(code)).text;
}

error bad_request(std::string message) {
  return {error_code::bad_request, std::move(message)};
}

std::string write_error(const error& e) {
  json::writer out(128 + e.message.size());
  out.begin_object().key("error").begin_object();
  out.key("code").string(to_string(e.code));
  json::write_message(out, e.message);
  const auto written = out.end_object().end_object().take();
  return {written.begin(), written.end()};
}

}  // namespace twinkeep::protocol::management
