#pragma once

#include "regions/vault/decisions.hpp"

// Decisions on certificates, their operations, issuers and contacts. Internal to regions/vault.
namespace twinkeep::regions {

decision create_certificate(const question& q);  // and renewal
decision import_certificate(const question& q);
decision get_certificate(const question& q);
decision update_certificate(const question& q);
decision get_policy(const question& q);
decision update_policy(const question& q);

decision get_pending(const question& q);
decision cancel_pending(const question& q);
decision delete_pending(const question& q);
decision merge_certificate(const question& q);  // and what the service signs itself

decision get_contacts(const question& q);
decision set_contacts(const question& q);
decision delete_contacts(const question& q);

decision list_issuers(const question& q);
decision get_issuer(const question& q);
decision set_issuer(const question& q);
decision update_issuer(const question& q);
decision delete_issuer(const question& q);

// ---- shared by them ----

// Certificates begin a little earlier than their making, for clients whose clocks are behind
// (recorded: ten minutes).
inline constexpr protocol::unix_seconds begins_before = 600;

[[nodiscard]] const stored_pending* find_pending(const question& q);
// A certificate's name must be free of keys and secrets that stand for themselves.
[[nodiscard]] std::optional<protocol::error> refuse_name(const question& q);
// The pending operation's record; its private key stays, goes, or is new.
[[nodiscard]] plain_record pending_record(const question& q,
                                          const protocol::pending_operation& operation,
                                          record_part key);
[[nodiscard]] plain_record pending_gone(const question& q);

// Properties of a version whose certificate is there.
[[nodiscard]] protocol::certificate_properties properties_of(const completed_certificate& made,
                                                             std::string version);
// Adds a version, or puts it in the place of a first version that was never completed. `policy` is
// the object's from now on.
[[nodiscard]] decision put_certificate(const question& q, protocol::certificate_properties made,
                                       const completed_certificate* values,
                                       std::shared_ptr<const protocol::certificate_policy> policy);

}  // namespace twinkeep::regions
