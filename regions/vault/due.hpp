#pragma once

#include <vector>

#include "protocol/requests.hpp"
#include "regions/vault/vault_state.hpp"

namespace twinkeep::regions {

// What time demands of a vault, as requests that the service sends to itself. They are decided like
// a client's, so that each is done once: what was done is no longer due. Only a primary looks.
//   purge of what was deleted for as long as it is retained, purge protection or not
//   rotation of keys, by their policies
//   renewal of certificates, by their lifetime actions
//   notices of objects that are about to expire or have expired, if somebody wants them
inline constexpr std::size_t due_at_once = 64;
[[nodiscard]] std::vector<protocol::request> due_requests(const vault_state& vault,
                                                          protocol::unix_seconds now);

// Certificates that their issuer has had for long enough, and operations to be cancelled. Looked
// for after every change of a certificate.
[[nodiscard]] std::vector<protocol::request> due_certificates(const vault_state& vault,
                                                              protocol::unix_seconds now);

// When the next of them becomes due; nullopt: none will by itself.
[[nodiscard]] std::optional<protocol::unix_seconds> next_certificate(const vault_state& vault,
                                                                     protocol::unix_seconds now);

// When the next automatic rotation of a key is due; nullopt: never.
[[nodiscard]] std::optional<protocol::unix_seconds> rotation_due(
    const protocol::rotation_policy& policy, const protocol::attributes& current);
// When a rule of a certificate's policy comes true.
[[nodiscard]] std::optional<protocol::unix_seconds> renewal_due(
    const protocol::certificate_policy& policy, const protocol::attributes& current);

}  // namespace twinkeep::regions
