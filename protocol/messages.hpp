#pragma once

#include <cstddef>
#include <string_view>

#include "protocol/errors.hpp"
#include "protocol/operations.hpp"

// The answers whose wording the contract fixes: tools and SDK suites compare some as a whole and
// match fragments of others (CONTRACT 9.1, 11.2). `verb` is an operation's verb: "get", "wrapKey".
namespace twinkeep::protocol {

// ---- 400 BadParameter ----
[[nodiscard]] error broken_backup();
[[nodiscard]] error invalid_name(std::string_view name);
// The generic model violation, literally with its two blanks and CRLF.
[[nodiscard]] error invalid_property();

// ---- 401 Unauthorized ----
[[nodiscard]] error missing_token();

// ---- 403 Forbidden ----
[[nodiscard]] error object_disabled(object_kind kind, std::string_view verb);
[[nodiscard]] error key_operation_forbidden(std::string_view verb);
[[nodiscard]] error key_expired(std::string_view verb);
[[nodiscard]] error key_not_yet_valid(std::string_view verb);
[[nodiscard]] error purge_protected(std::string_view vault, std::string_view region);
// The object belongs to the certificate of its name. `kind` is secret or key.
[[nodiscard]] error managed_by_key_vault(object_kind kind, std::string_view verb);
// A merge into an operation that `issuer` is to complete.
[[nodiscard]] error merge_forbidden(std::string_view name, std::string_view issuer);
[[nodiscard]] error too_many_versions(object_kind kind, std::string_view name);
// The vault is served by its pair; `primary` and `secondary` are names of regions.
[[nodiscard]] error vault_read_only(std::string_view verb, std::string_view vault,
                                    std::string_view primary, std::string_view secondary,
                                    unsigned retry_after_s);

// Who a refusal names: claims of the caller's token.
struct caller_identity {
  std::string_view application_id;
  std::string_view object_id;
  std::string_view issuer;
  std::size_t group_count = 0;
};
// The access policy lacks the operation's permission.
[[nodiscard]] error forbidden_by_policy(const operation& op, const caller_identity& caller,
                                        std::string_view vault, std::string_view region);
// No role assignment has the operation's data action; `resource` is the id of the object.
[[nodiscard]] error forbidden_by_rbac(const operation& op, const caller_identity& caller,
                                      std::string_view resource, std::string_view vault,
                                      std::string_view region);
// The vault takes no requests from the client's address.
[[nodiscard]] error forbidden_by_firewall(std::string_view address, const caller_identity& caller,
                                          std::string_view vault, std::string_view region);
// The vault takes requests through approved private endpoints only, or this one is not approved.
[[nodiscard]] error forbidden_by_connection(const caller_identity& caller, std::string_view vault,
                                            std::string_view region);

// ---- 404 <Type>NotFound ----
// `version` may be empty.
[[nodiscard]] error object_not_found(object_kind kind, std::string_view name,
                                     std::string_view version);
[[nodiscard]] error deleted_object_not_found(object_kind kind, std::string_view name);

[[nodiscard]] error pending_not_found(std::string_view name);
[[nodiscard]] error contacts_not_found();
[[nodiscard]] error issuer_not_found();

// ---- 409 Conflict ----
[[nodiscard]] error pending_in_progress(std::string_view name);
// A certificate cannot take the name of a key or secret that stands for itself.
[[nodiscard]] error name_in_use(object_kind by, std::string_view name);
[[nodiscard]] error object_is_deleted(object_kind kind, std::string_view name);
// `version` is the restored object's current one.
[[nodiscard]] error restore_conflict(object_kind kind, std::string_view name,
                                     std::string_view version);

// 429 is throttled() of errors.hpp.

}  // namespace twinkeep::protocol
