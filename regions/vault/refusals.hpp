#pragma once

#include <string_view>

#include "crypto/key_provider.hpp"
#include "protocol/errors.hpp"
#include "protocol/operations.hpp"
#include "protocol/token/token.hpp"
#include "regions/vault/admission.hpp"

// What the vault core refuses and in which words. Tools and test suites match on fragments of some
// of them (CONTRACT 11.2). Internal to regions/vault.
namespace twinkeep::regions::refusals {

using protocol::error;
using protocol::object_kind;

// `version` may be empty.
[[nodiscard]] error not_found(object_kind kind, std::string_view name, std::string_view version);
[[nodiscard]] error deleted_not_found(object_kind kind, std::string_view name);
[[nodiscard]] error deleted_but_recoverable(object_kind kind, std::string_view name);
[[nodiscard]] error purge_protected(std::string_view vault, std::string_view region);
[[nodiscard]] error backup_too_large(object_kind kind, std::string_view name);
[[nodiscard]] error restore_conflict(object_kind kind, std::string_view name,
                                     std::string_view version);
[[nodiscard]] error broken_backup();

// `verb` as in messages: "get", "wrapKey".
[[nodiscard]] error disabled(object_kind kind, std::string_view verb);
[[nodiscard]] error key_not_yet_valid(std::string_view verb);
[[nodiscard]] error key_expired(std::string_view verb);
[[nodiscard]] error key_operation_forbidden(std::string_view verb);
[[nodiscard]] error unknown_algorithm();
[[nodiscard]] error unfit_algorithm(std::string_view name, std::string_view version,
                                    const crypto::algorithm& algorithm, std::string_view why);
[[nodiscard]] error wrong_length(std::string_view parameter, std::size_t given,
                                 std::size_t required);
[[nodiscard]] error too_long(std::string_view parameter, std::size_t given, std::size_t longest);

[[nodiscard]] error expires_too_early();
[[nodiscard]] error unfit_key_operation(crypto::key_type type, std::string_view operation);
[[nodiscard]] error exportable_without_policy();
[[nodiscard]] error exportable_is_fixed();
[[nodiscard]] error bad_position();
[[nodiscard]] error wrong_shape();  // a bug of the caller, never of a client

[[nodiscard]] error read_only(const protocol::operation& op, const admission_facts& facts);
[[nodiscard]] error unavailable(const admission_facts& facts);
[[nodiscard]] error no_permission(const protocol::operation& op,
                                  const protocol::token::claims& caller,
                                  const admission_facts& facts);

}  // namespace twinkeep::regions::refusals
