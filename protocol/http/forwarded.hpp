#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "protocol/ip_address.hpp"

namespace twinkeep::protocol::http {

// The client's address as proxies that are trusted say it: `lines` are the values of a request's
// X-Forwarded-For in their order, and each proxy adds on the right whom it was asked by. So the
// rightmost address that is no trusted proxy's is the client's, and what stands left of it is the
// client's own word, which is not looked at. Only trusted proxies: the leftmost. An address may
// have a port, and an IPv6 address brackets. Nothing said: `peer`. None: what counts is no address.
[[nodiscard]] std::optional<ip_address> forwarded_for(std::span<const std::string_view> lines,
                                                      const ip_address& peer,
                                                      const ip_ranges& trusted);

}  // namespace twinkeep::protocol::http
