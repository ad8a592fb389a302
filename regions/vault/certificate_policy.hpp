#pragma once

#include "protocol/errors.hpp"
#include "protocol/requests.hpp"
#include "regions/vault/vault_state.hpp"
#include "regions/vault/work.hpp"

// What becomes of a certificate's policy (CONTRACT 6.2). Internal to regions/vault.
namespace twinkeep::regions {

// Whether an issuer of that name can be asked: Self, Unknown, or one that the vault has; its name
// in the case in which it is kept. nullopt: there is none.
[[nodiscard]] std::optional<std::string> issuer_named(const vault_state& vault,
                                                      std::string_view name);
// Whether this service signs for it: Self, or an enabled issuer whose provider is the built-in
// authority.
[[nodiscard]] bool signs_for(const vault_state& vault, std::string_view issuer);

// What is said of a key for an HSM, where the vault may have none or it is to leave it. `hsm`:
// whether it is one, be it said now or before.
[[nodiscard]] std::optional<protocol::error> refuse_hsm(const vault_state& vault,
                                                        const protocol::policy_input& said,
                                                        bool hsm);

// A policy for a new certificate: what is said, and the service's defaults for the rest.
[[nodiscard]] protocol::outcome<protocol::certificate_policy> new_policy(
    const vault_state& vault, const protocol::policy_input& said, protocol::unix_seconds now);
// What is said changed, member by member; the rest stays.
[[nodiscard]] protocol::outcome<protocol::certificate_policy> changed_policy(
    const vault_state& vault, protocol::certificate_policy former,
    const protocol::policy_input& said, protocol::unix_seconds now);
// The policy of an imported certificate follows from the certificate (CONTRACT 6.5).
[[nodiscard]] protocol::outcome<protocol::certificate_policy> policy_of_import(
    const vault_state& vault, const completed_certificate& imported,
    const std::optional<protocol::policy_input>& said, protocol::unix_seconds now);

}  // namespace twinkeep::regions
