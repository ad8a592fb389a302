#include "actors/gateway/authenticator.hpp"

#include <algorithm>

#include "protocol/identifiers.hpp"
#include "protocol/messages.hpp"

namespace twinkeep::actors {

namespace {

// The token of "Bearer <token>"; empty: there is none (RFC 6750 §2.1; schemes have no case).
std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size()) return {};
  if (protocol::lower(authorization.substr(0, scheme.size())) != scheme) return {};
  authorization.remove_prefix(scheme.size());
  const auto start = authorization.find_first_not_of(' ');
  return start == std::string_view::npos ? std::string_view{} : authorization.substr(start);
}

bool expired(const protocol::token::claims& c, protocol::unix_seconds now) {
  return c.expires <= now - protocol::token::clock_leeway_s;
}

}  // namespace

protocol::outcome<claims_ptr> authenticator::check(std::string_view authorization, memory& last) {
  const auto now = clock_.now();
  if (last.caller && std::ranges::equal(last.line, authorization) && !expired(*last.caller, now)) {
    return last.caller;
  }
  const auto text = bearer_token(authorization);
  if (text.empty()) return failure{protocol::missing_token()};
  auto caller = look_up(text, now);
  if (caller) {
    last.line.assign(authorization.begin(), authorization.end());
    last.caller = *caller;
  }
  return caller;
}

protocol::outcome<claims_ptr> authenticator::look_up(std::string_view text,
                                                     protocol::unix_seconds now) {
  const auto digest = crypto::sha256(as_bytes(text));
  if (const auto it = known_.find(digest); it != known_.end()) {
    if (!expired(*it->second, now)) return it->second;
    known_.erase(it);
  }
  auto token = protocol::token::parse(text);
  if (!token) return failure{std::move(token).error()};
  token->claims.audience = accepted_.canonical(token->claims.audience);
  auto claims = protocol::token::verify(*token, issuers_, accepted_.accepted(), now, provider_);
  if (!claims) return failure{std::move(claims).error()};
  make_room(now);
  auto known = std::make_shared<const protocol::token::claims>(*std::move(claims));
  known_.emplace(digest, known);
  return known;
}

// Only valid tokens get here, so who fills it is an issuer; starting over costs a signature check
// for each token still in use.
void authenticator::make_room(protocol::unix_seconds now) {
  if (known_.size() < max_known) return;
  std::erase_if(known_, [now](const auto& item) { return expired(*item.second, now); });
  if (known_.size() >= max_known) known_.clear();
}

}  // namespace twinkeep::actors
