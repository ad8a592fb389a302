#pragma once

#include <span>
#include <string>
#include <string_view>

#include "protocol/messages.hpp"
#include "protocol/token/token.hpp"

namespace twinkeep::regions {

// Who the caller is to assignments and policies: himself and his groups. An id that the token
// lacks is nobody's.
[[nodiscard]] bool is_principal(std::string_view id, const protocol::token::claims& caller);
// By object id or application id: how the configuration names its owners.
[[nodiscard]] bool is_among(std::span<const std::string> ids,
                            const protocol::token::claims& caller);
// How refusals name the caller; views into the claims.
[[nodiscard]] protocol::caller_identity identity_of(const protocol::token::claims& caller);

}  // namespace twinkeep::regions
