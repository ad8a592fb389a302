#include "actors/gateway/authenticator.hpp"

#include <algorithm>

#include "actors/gateway/gateway.hpp"
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

}  // namespace

protocol::outcome<claims_ptr> authenticator::check(std::string_view authorization, memory& last,
                                                   const regions::address_octets& from) {
  const auto now = shared_.clock.now();
  const auto generation = trust_.look()->generation;
  if (last.caller && last.generation == generation &&
      std::ranges::equal(last.line, authorization) && !has_expired(*last.caller, now)) {
    return last.caller;
  }
  last.lacking.reset();
  const auto text = bearer_token(authorization);
  if (text.empty()) return failure{protocol::missing_token()};
  auto caller = look_up(text, last, from, now);
  if (caller) {
    last.line.assign(authorization.begin(), authorization.end());
    last.caller = *caller;
    last.generation = generation;
  }
  return caller;
}

protocol::outcome<claims_ptr> authenticator::look_up(std::string_view text, memory& last,
                                                     const regions::address_octets& from,
                                                     protocol::unix_seconds now) {
  const auto digest = crypto::sha256(as_bytes(text));
  const auto generation = trust_.look()->generation;
  if (auto known = known_.find(digest, generation, now)) return known;
  auto caller = shared_.known.find(digest, generation, now);
  if (caller) {
    // With a count of holders of its own: one that loops shared would be where they meet.
    caller = std::make_shared<const protocol::token::claims>(*caller);
  } else {
    auto claims = verify(text, last, from, now);
    if (!claims) return failure{std::move(claims).error()};
    caller = std::make_shared<const protocol::token::claims>(*std::move(claims));
    shared_.known.put(digest, caller, generation, now);
  }
  known_.put(digest, caller, generation, now);
  return caller;
}

// Who fails too often is refused before the signature is looked at, which is what costs time.
protocol::outcome<protocol::token::claims> authenticator::verify(
    std::string_view text, memory& last, const regions::address_octets& from,
    protocol::unix_seconds now) {
  auto& guard = shared_.failures;
  regions::suspect who{guard.names.address(from), std::nullopt};
  if (const auto wait = guard.refused_for(who)) return failure{limited(*wait)};
  auto token = protocol::token::parse(text);
  if (!token) return failure{failed(who, std::move(token).error())};
  who.caller = guard.names.caller(token->claims.application_id, token->claims.object_id);
  if (const auto wait = guard.refused_for(who)) return failure{limited(*wait)};

  const auto& trust = *trust_.look();
  token->claims.audience = shared_.accepted.canonical(token->claims.audience);
  auto claims = protocol::token::verify(*token, trust.issuers, shared_.accepted.accepted(), now,
                                        shared_.provider);
  if (claims) return claims;
  if (shared_.keys != nullptr && !last.has_waited) {
    const auto issuer = protocol::token::issuer_lacking_key(trust.issuers, *token);
    if (issuer && shared_.keys->may_fetch(*issuer)) {
      last.lacking = issuer;
      return claims;
    }
  }
  return failure{failed(who, std::move(claims).error())};
}

protocol::error authenticator::limited(unsigned retry_after_s) {
  shared_.observer.refused_caller(true);
  return protocol::throttled(retry_after_s);
}

protocol::error authenticator::failed(const regions::suspect& who, protocol::error e) {
  shared_.failures.failed(who);
  shared_.observer.refused_caller(false);
  return e;
}

}  // namespace twinkeep::actors
