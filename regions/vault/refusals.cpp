#include "regions/vault/refusals.hpp"

#include <initializer_list>
#include <string>

namespace twinkeep::regions::refusals {

namespace {

using protocol::error_code;
using protocol::inner_code;

std::string join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) text += part;
  return text;
}

std::string_view capital(object_kind kind) {
  return kind == object_kind::secret ? "Secret" : "Key";
}

error missing(object_kind kind, std::string message) {
  const auto code =
      kind == object_kind::secret ? error_code::secret_not_found : error_code::key_not_found;
  return {code, inner_code::none, std::move(message), std::nullopt};
}

error forbidden(inner_code inner, std::string message) {
  return {error_code::forbidden, inner, std::move(message), std::nullopt};
}

error conflict(inner_code inner, std::string message) {
  return {error_code::conflict, inner, std::move(message), std::nullopt};
}

}  // namespace

error not_found(object_kind kind, std::string_view name, std::string_view version) {
  const auto type = to_string(kind);
  // Compared as a whole by the C++ SDK's tests.
  return missing(kind, join({"A ", type, " with (name/id) ", name, version.empty() ? "" : "/",
                             version, " was not found in this key vault. If you recently deleted ",
                             "this ", type, " you may be able to recover it using the correct ",
                             "recovery command. For help resolving this issue, please see ",
                             "https://go.microsoft.com/fwlink/?linkid=2125182"}));
}

error deleted_not_found(object_kind kind, std::string_view name) {
  return missing(kind, join({"Deleted ", capital(kind), " not found: ", name}));
}

error deleted_but_recoverable(object_kind kind, std::string_view name) {
  return conflict(inner_code::object_is_deleted_but_recoverable,
                  join({capital(kind), " ", name,
                        " is currently in a deleted but recoverable state, and its name cannot be "
                        "reused; in this state, the ",
                        to_string(kind), " can only be recovered or purged."}));
}

error purge_protected(std::string_view vault, std::string_view region) {
  return forbidden(inner_code::none,
                   join({"Operation \"purge\" is not allowed because purge protection is enabled "
                         "for this vault. The service purges the object itself after the "
                         "retention period.\r\nVault: ",
                         vault, ";location=", region}));
}

error backup_too_large(object_kind kind, std::string_view name) {
  return forbidden(
      inner_code::none,
      join({"Operation backup is not allowed: ", to_string(kind), " ", name, " has more than ",
            std::to_string(protocol::max_backup_versions), " past versions."}));
}

error restore_conflict(object_kind kind, std::string_view name, std::string_view version) {
  const auto type = to_string(kind);
  return conflict(inner_code::none,
                  join({"There was a conflict restoring the ", type, " '", collection_of(kind), "/",
                        name, "/", version, "'. Either a second ", type,
                        " of that name was created after the first was deleted, or the ", type,
                        " still exists. Delete and purge it, or restore into another vault."}));
}

error broken_backup() {
  // Compared as a whole by the suites of the JS SDK.
  return protocol::bad_parameter("Backup blob contains invalid or corrupt version.");
}

error disabled(object_kind kind, std::string_view verb) {
  const auto inner =
      kind == object_kind::secret ? inner_code::secret_disabled : inner_code::key_disabled;
  return forbidden(
      inner, join({"Operation ", verb, " is not allowed on a disabled ", to_string(kind), "."}));
}

error key_not_yet_valid(std::string_view verb) {
  return forbidden(inner_code::key_not_yet_valid,
                   join({"Operation ", verb, " is not allowed on a key that is not yet valid."}));
}

error key_expired(std::string_view verb) {
  return forbidden(inner_code::key_expired,
                   join({"Operation ", verb, " is not allowed on an expired key."}));
}

error key_operation_forbidden(std::string_view verb) {
  return forbidden(inner_code::key_operation_forbidden,
                   join({"Operation ", verb, " is not permitted on this key."}));
}

error unknown_algorithm() {
  return protocol::bad_parameter("alg is not an algorithm of this service.");
}

error unfit_algorithm(std::string_view name, std::string_view version,
                      const crypto::algorithm& algorithm, std::string_view why) {
  return protocol::bad_parameter(join({"Key and ", algorithm.signs() ? "signing" : "encryption",
                                       " algorithm are incompatible. Key keys/", name, "/", version,
                                       ", algorithm '", algorithm.name, "': ", why}));
}

error wrong_length(std::string_view parameter, std::size_t given, std::size_t required) {
  return protocol::bad_parameter(
      join({"Invalid length of '", parameter, "': ", std::to_string(given), " bytes, required are ",
            std::to_string(required), " bytes, encoded with base64url."}));
}

error too_long(std::string_view parameter, std::size_t given, std::size_t longest) {
  return protocol::bad_parameter(
      join({"Invalid length of '", parameter, "': ", std::to_string(given),
            " bytes, allowed are at most ", std::to_string(longest),
            " bytes, encoded with base64url."}));
}

error expires_too_early() {
  return protocol::bad_parameter("Attribute exp must be later than attribute nbf.");
}

error unfit_key_operation(crypto::key_type type, std::string_view operation) {
  return protocol::bad_parameter(join({"Operation ", operation, " in key_ops is not one that this ",
                                       to_string(type), " key can have."}));
}

error exportable_without_policy() {
  return protocol::bad_parameter("AKV.SKR.1004: An exportable key must have a release policy.");
}

error exportable_is_fixed() {
  return protocol::bad_parameter("AKV.SKR.1003: Attribute exportable cannot be changed.");
}

error bad_position() {
  return protocol::bad_parameter("The $skiptoken is not one that this list has given.");
}

error wrong_shape() {
  return {error_code::internal, inner_code::none, "The request could not be carried out.",
          std::nullopt};
}

error read_only(const protocol::operation& op, const admission_facts& facts) {
  auto refused = forbidden(
      inner_code::vault_read_only,
      join({"Operation \"", op.verb, "\" is not allowed: the vault is read-only while it is ",
            "failed over from ", facts.home_region, " to ", facts.serving_region,
            ".\r\nVault: ", facts.vault, ";location=", facts.home_region}));
  refused.retry_after_s = facts.retry_after_s;
  return refused;
}

error unavailable(const admission_facts& facts) {
  return protocol::service_unavailable(join({"The vault is not available at the moment.\r\nVault: ",
                                             facts.vault, ";location=", facts.home_region}),
                                       facts.retry_after_s);
}

error no_permission(const protocol::operation& op, const protocol::token::claims& caller,
                    const admission_facts& facts) {
  return forbidden(
      inner_code::forbidden_by_policy,
      join({"The user, group or application 'appid=", caller.application_id,
            ";oid=", caller.object_id, ";numgroups=0;iss=", caller.issuer, "' does not have ",
            collection_of(op.kind), " ", op.permission, " permission on key vault '", facts.vault,
            ";location=", facts.home_region, "'. For help resolving this issue, please see ",
            "https://go.microsoft.com/fwlink/?linkid=2125287"}));
}

}  // namespace twinkeep::regions::refusals
