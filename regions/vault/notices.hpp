#pragma once

#include <string>
#include <string_view>

#include "crypto/error.hpp"
#include "regions/vault/vault_state.hpp"

// What is told of a vault's objects, in the words of Azure's Event Grid schema for Key Vault: new
// versions, and versions about to expire or expired. A notice is a record of the very batch that
// makes it true, so it is told once the change is committed, and at least once.
namespace twinkeep::regions {

struct question;
struct decision;

// A version counts as near its end so long before it (Event Grid: 30 days).
inline constexpr protocol::unix_seconds near_expiry = 30 * seconds_per_day;

[[nodiscard]] std::string write_notice(const notice& n);
[[nodiscard]] crypto::outcome<notice> read_notice(std::string_view text);
// Adds to a decision that makes a new version the notice of it. Internal to regions/vault.
void add_notices(const question& q, decision& decided);

}  // namespace twinkeep::regions
