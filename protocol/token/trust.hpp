#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/token/token.hpp"

namespace twinkeep::protocol::token {

// Whose tokens count at one moment. Key sets change while the service runs.
struct trust {
  std::vector<issuer> issuers;
  // Grows whenever a key ceases to count: what was verified before must be verified again.
  std::uint64_t generation = 0;
};

// The same with other keys of one issuer.
[[nodiscard]] trust with_keys(const trust& t, std::size_t issuer, std::vector<issuer_key> keys);

// The issuer that a token says it is from, if that one has no key of the token's id: its key set
// may have changed since it was read. Never the built-in issuer. None: another key set tells
// nothing.
[[nodiscard]] std::optional<std::size_t> issuer_lacking_key(const std::vector<issuer>& issuers,
                                                            const unverified_token& token);

// Tenants are GUIDs, which compare without case; none is nobody's.
[[nodiscard]] bool same_tenant(std::string_view a, std::string_view b);
// 401 AKV10032 for a token of a tenant other than the vault's.
[[nodiscard]] error wrong_tenant(const std::vector<issuer>& issuers, std::string_view tenant,
                                 const claims& caller);

}  // namespace twinkeep::protocol::token
