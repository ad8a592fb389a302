#pragma once

#include <optional>

#include "actors/gateway/failure_guard.hpp"
#include "actors/gateway/hosts.hpp"
#include "actors/gateway/key_source.hpp"
#include "actors/gateway/token_cache.hpp"
#include "actors/runtime/wall_clock.hpp"
#include "protocol/token/token.hpp"

namespace twinkeep::actors {

class request_observer;

// Who tells a caller from the others, for all loops.
struct authentication {
  const trust_board& trust;
  key_source* keys;  // null: no key set is ever fetched
  const audiences& accepted;
  failure_guard& failures;
  shared_token_cache& known;
  request_observer& observer;
  const wall_clock& clock;
  crypto::key_provider& provider;
};

// Tells who is calling from the Authorization line. A token is verified once and then known by its
// digest until it expires or a key is withdrawn: what connections share holds no token. What is
// known is never refused for others' failures. One for each loop; not thread-safe.
class authenticator {
 public:
  explicit authenticator(const authentication& shared) : shared_(shared), trust_(shared.trust) {}

  // What a connection came with the last time: mostly it comes with the same again.
  struct memory {
    crypto::wiping_chars line;
    claims_ptr caller;
    std::uint64_t generation = 0;  // of the keys that it was verified with
    // The refusal just given would be another if this issuer's keys were fetched: they may have
    // changed. Who waited for that says so, and is told the end of it.
    std::optional<std::size_t> lacking;
    bool has_waited = false;
  };

  // 401 with the texts of CONTRACT 2.1, or 429 after too many of them.
  [[nodiscard]] protocol::outcome<claims_ptr> check(std::string_view authorization, memory& last,
                                                    const regions::address_octets& from);

 private:
  [[nodiscard]] protocol::outcome<claims_ptr> look_up(std::string_view token, memory& last,
                                                      const regions::address_octets& from,
                                                      protocol::unix_seconds now);
  [[nodiscard]] protocol::outcome<protocol::token::claims> verify(
      std::string_view token, memory& last, const regions::address_octets& from,
      protocol::unix_seconds now);
  [[nodiscard]] protocol::error limited(unsigned retry_after_s);
  [[nodiscard]] protocol::error failed(const regions::suspect& who, protocol::error e);

  const authentication& shared_;
  trust_view trust_;
  token_cache known_;
};

}  // namespace twinkeep::actors
