#pragma once

#include <cstring>
#include <memory>
#include <unordered_map>

#include "actors/gateway/hosts.hpp"
#include "actors/runtime/wall_clock.hpp"
#include "crypto/digest.hpp"
#include "protocol/token/token.hpp"

namespace twinkeep::actors {

using claims_ptr = std::shared_ptr<const protocol::token::claims>;

// Tells who is calling from the Authorization line. A token is verified once and then known by its
// digest until it expires: what connections share holds no token. One for each loop; not
// thread-safe.
class authenticator {
 public:
  authenticator(const std::vector<protocol::token::issuer>& issuers, const audiences& accepted,
                const wall_clock& clock, crypto::key_provider& provider)
      : issuers_(issuers), accepted_(accepted), clock_(clock), provider_(provider) {}

  // What a connection came with the last time: mostly it comes with the same again.
  struct memory {
    crypto::wiping_chars line;
    claims_ptr caller;
  };

  // 401 with the texts of CONTRACT 2.1.
  [[nodiscard]] protocol::outcome<claims_ptr> check(std::string_view authorization, memory& last);

  static constexpr std::size_t max_known = 4096;

 private:
  struct first_octets {
    std::size_t operator()(const crypto::sha256_digest& digest) const {
      std::size_t hash = 0;
      std::memcpy(&hash, digest.data(), sizeof hash);
      return hash;
    }
  };
  [[nodiscard]] protocol::outcome<claims_ptr> look_up(std::string_view token,
                                                      protocol::unix_seconds now);
  void make_room(protocol::unix_seconds now);

  const std::vector<protocol::token::issuer>& issuers_;
  const audiences& accepted_;
  const wall_clock& clock_;
  crypto::key_provider& provider_;
  std::unordered_map<crypto::sha256_digest, claims_ptr, first_octets> known_;
};

}  // namespace twinkeep::actors
