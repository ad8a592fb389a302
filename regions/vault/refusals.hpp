#pragma once

#include <string_view>

#include "crypto/key_provider.hpp"
#include "protocol/errors.hpp"
#include "protocol/key.hpp"
#include "protocol/operations.hpp"
#include "protocol/requests.hpp"
#include "protocol/token/token.hpp"
#include "regions/vault/admission.hpp"

// What only the vault core refuses, and in which words; what the contract words itself is in
// protocol/messages.hpp. Internal to regions/vault.
namespace twinkeep::regions::refusals {

using protocol::error;
using protocol::object_kind;

[[nodiscard]] error unknown_algorithm();
[[nodiscard]] error unfit_algorithm(std::string_view name, std::string_view version,
                                    const crypto::algorithm& algorithm, std::string_view why);
[[nodiscard]] error wrong_length(std::string_view parameter, std::size_t given,
                                 std::size_t required);
// A length that must be a multiple of `unit`, and at least `least`.
[[nodiscard]] error uneven_length(std::string_view parameter, std::size_t given, std::size_t unit,
                                  std::size_t least);
[[nodiscard]] error too_long(std::string_view parameter, std::size_t given, std::size_t longest);

[[nodiscard]] error expires_too_early();
[[nodiscard]] error unfit_key_operation(protocol::key_kind kind, std::string_view operation);
[[nodiscard]] error no_symmetric_keys();
[[nodiscard]] error needs_premium(protocol::key_kind kind);
[[nodiscard]] error restore_needs_premium();
[[nodiscard]] error no_exchange_key(const protocol::key_transfer& transfer);
[[nodiscard]] error not_an_exchange_key(const protocol::key_transfer& transfer);
[[nodiscard]] error hsm_keys_stay();
// Azure's numbers for key release (CONTRACT 5.5).
[[nodiscard]] error exportable_needs_premium();
[[nodiscard]] error exportable_is_fixed();
[[nodiscard]] error exportable_without_policy();
[[nodiscard]] error policy_without_exportable();
[[nodiscard]] error exportable_needs_hsm();
[[nodiscard]] error policy_of_a_version();
[[nodiscard]] error policy_is_immutable();
[[nodiscard]] error not_exportable();
[[nodiscard]] error release_denied();
[[nodiscard]] error no_attestation(bool hsm);
[[nodiscard]] error bad_position();
[[nodiscard]] error wrong_shape();  // a bug of the caller, never of a client

[[nodiscard]] error unavailable(const admission_facts& facts);

}  // namespace twinkeep::regions::refusals
