#include "protocol/messages.hpp"

#include <array>
#include <string>

#include "protocol/attributes.hpp"
#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"

namespace twinkeep::protocol {

namespace {

error missing(object_kind kind, std::string message) {
  constexpr std::array codes{error_code::secret_not_found, error_code::key_not_found,
                             error_code::certificate_not_found};
  return {codes.at(std::size_t(kind)), inner_code::none, std::move(message), std::nullopt};
}

error forbidden(inner_code inner, std::string message) {
  return {error_code::forbidden, inner, std::move(message), std::nullopt};
}

std::string caller_line(const caller_identity& caller) {
  return join({"Caller: appid=", caller.application_id, ";oid=", caller.object_id,
               ";iss=", caller.issuer, "\r\n"});
}

std::string vault_line(std::string_view vault, std::string_view region) {
  return join({"Vault: ", vault, ";location=", region});
}

error conflict(inner_code inner, std::string message) {
  return {error_code::conflict, inner, std::move(message), std::nullopt};
}

}  // namespace

// Compared as a whole by the suites of the JS SDK.
error broken_backup() {
  return bad_parameter("Backup blob contains invalid or corrupt version.");
}

error invalid_name(std::string_view name) {
  return bad_parameter(join({"The request URI contains an invalid name: ", name}));
}

error invalid_property() {
  return bad_parameter("Property  has invalid value\r\n");
}

error missing_token() {
  return {error_code::unauthorized, inner_code::none,
          "AKV10000: Request is missing a Bearer or PoP token.", std::nullopt};
}

error object_disabled(object_kind kind, std::string_view verb) {
  const auto inner =
      kind == object_kind::secret ? inner_code::secret_disabled : inner_code::key_disabled;
  return forbidden(
      inner, join({"Operation ", verb, " is not allowed on a disabled ", to_string(kind), "."}));
}

error key_operation_forbidden(std::string_view verb) {
  return forbidden(inner_code::key_operation_forbidden,
                   join({"Operation ", verb, " is not permitted on this key."}));
}

error key_expired(std::string_view verb) {
  return forbidden(inner_code::key_expired,
                   join({"Operation ", verb, " is not allowed on an expired key."}));
}

error key_not_yet_valid(std::string_view verb) {
  return forbidden(inner_code::key_not_yet_valid,
                   join({"Operation ", verb, " is not allowed on a key that is not yet valid."}));
}

error purge_protected(std::string_view vault, std::string_view region) {
  return forbidden(inner_code::none,
                   join({"Operation \"purge\" is not allowed because purge protection is enabled "
                         "for this vault. Key Vault service will automatically purge it after the "
                         "retention period has passed.\r\nVault: ",
                         vault, ";location=", region}));
}

error managed_by_key_vault(object_kind kind, std::string_view verb) {
  const auto inner = kind == object_kind::secret ? inner_code::secret_managed_by_key_vault
                                                 : inner_code::key_managed_by_key_vault;
  return forbidden(inner,
                   join({"Operation \"", verb, "\" is not allowed as this object's lifetime ",
                         "is managed by Key Vault."}));
}

error merge_forbidden(std::string_view name, std::string_view issuer) {
  return forbidden(inner_code::none,
                   join({"The pending certificate ", name, " cannot be merged: its issuer '",
                         issuer, "' has not completed it yet."}));
}

error too_many_versions(object_kind kind, std::string_view name) {
  return forbidden(
      inner_code::none,
      join({"Operation backup is not allowed: ", to_string(kind), " ", name, " has more than ",
            std::to_string(max_backup_versions), " past versions."}));
}

error vault_read_only(std::string_view verb, std::string_view vault, std::string_view primary,
                      std::string_view secondary, unsigned retry_after_s) {
  auto refused =
      forbidden(inner_code::vault_read_only,
                join({"Operation \"", verb,
                      "\" is not allowed: the vault is read-only while it is failed over from ",
                      primary, " to ", secondary, ".\r\nVault: ", vault, ";location=", primary}));
  refused.retry_after_s = retry_after_s;
  return refused;
}

error forbidden_by_policy(const operation& op, const caller_identity& caller,
                          std::string_view vault, std::string_view region) {
  return forbidden(inner_code::forbidden_by_policy,
                   join({"The user, group or application 'appid=", caller.application_id, ";oid=",
                         caller.object_id, ";numgroups=", std::to_string(caller.group_count),
                         ";iss=", caller.issuer, "' does not have ", collection_of(op.kind), " ",
                         op.permission, " permission on key vault '", vault, ";location=", region,
                         "'. For help resolving this issue, please see ",
                         "https://go.microsoft.com/fwlink/?linkid=2125287"}));
}

// Lines, most with a name before a colon (CONTRACT 9.1).
error forbidden_by_rbac(const operation& op, const caller_identity& caller,
                        std::string_view resource, std::string_view vault,
                        std::string_view region) {
  return forbidden(
      inner_code::forbidden_by_rbac,
      join({"Caller is not authorized to perform action on resource.\r\nA role that was assigned "
            "or changed just now may take a moment to count.\r\n",
            caller_line(caller), "Action: '", data_action_prefix, op.data_action,
            "'\r\nResource: '", lower(resource),
            "'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: null\r\n",
            vault_line(vault, region)}));
}

error forbidden_by_firewall(std::string_view address, const caller_identity& caller,
                            std::string_view vault, std::string_view region) {
  return forbidden(inner_code::forbidden_by_firewall,
                   join({"Client address is not authorized and caller is not a trusted service.\r\n"
                         "Client address: ",
                         address, "\r\n", caller_line(caller), vault_line(vault, region)}));
}

error forbidden_by_connection(const caller_identity& caller, std::string_view vault,
                              std::string_view region) {
  return forbidden(inner_code::forbidden_by_connection,
                   join({"The connection is not an approved private link, and the vault takes no "
                         "requests over public networks from this caller.\r\n",
                         caller_line(caller), vault_line(vault, region)}));
}

error object_not_found(object_kind kind, std::string_view name, std::string_view version) {
  const auto type = to_string(kind);
  // Compared as a whole by the C++ SDK's tests.
  return missing(kind, join({"A ", type, " with (name/id) ", name, version.empty() ? "" : "/",
                             version, " was not found in this key vault. If you recently deleted ",
                             "this ", type, " you may be able to recover it using the correct ",
                             "recovery command. For help resolving this issue, please see ",
                             "https://go.microsoft.com/fwlink/?linkid=2125182"}));
}

error deleted_object_not_found(object_kind kind, std::string_view name) {
  return missing(kind, join({"Deleted ", capital(kind), " not found: ", name}));
}

error pending_not_found(std::string_view name) {
  return {error_code::pending_certificate_not_found, inner_code::none,
          join({"Pending certificate not found: ", name}), std::nullopt};
}

error contacts_not_found() {
  return {error_code::contacts_not_found, inner_code::none, "Contacts not found", std::nullopt};
}

error issuer_not_found() {
  return {error_code::certificate_issuer_not_found, inner_code::none, "Issuer not found",
          std::nullopt};
}

error pending_in_progress(std::string_view name) {
  return conflict(
      inner_code::none,
      join({"A new key vault certificate can not be created or imported while a pending ",
            "key vault certificate's status is inProgress: ", name}));
}

error name_in_use(object_kind by, std::string_view name) {
  return conflict(inner_code::none,
                  join({"A ", to_string(by), " of the name ", name, " exists that does not belong ",
                        "to a certificate: choose another name, or delete and purge it."}));
}

error object_is_deleted(object_kind kind, std::string_view name) {
  // Compared as a whole by the C++ SDK's tests; tools match on "currently in a deleted but ...".
  return conflict(inner_code::object_is_deleted_but_recoverable,
                  join({capital(kind), " ", name,
                        " is currently in a deleted but recoverable state, and its name cannot be "
                        "reused; in this state, the ",
                        to_string(kind), " can only be recovered or purged."}));
}

error restore_conflict(object_kind kind, std::string_view name, std::string_view version) {
  const auto type = to_string(kind);
  // The SDKs' samples match on "conflict restoring the <type>".
  return conflict(inner_code::none,
                  join({"There was a conflict restoring the ", type, " '", collection_of(kind), "/",
                        name, "/", version, "'. Either a second ", type,
                        " of that name was created after the first was deleted, or the ", type,
                        " still exists. Delete and purge it, or restore into another vault."}));
}

}  // namespace twinkeep::protocol
