#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "crypto/random.hpp"
#include "regions/limits/failure_table.hpp"

namespace twinkeep::regions {

// Limits on failed authentication. 0: none.
struct failure_limits {
  unsigned per_address = 100;
  unsigned per_caller = 20;
  duration window = std::chrono::seconds{60};
};

// Sixteen octets of IPv6, or an IPv4 address mapped into it (RFC 4291 §2.5.5.2).
using address_octets = std::array<std::uint8_t, 16>;

// Who tries to authenticate: from where, and as whom by its own account, which nobody has checked.
struct suspect {
  failure_key address;
  std::optional<failure_key> caller;
};

// Names suspects by digests under a seed of this process.
class failure_names {
 public:
  explicit failure_names(crypto::random_source& random);
  // IPv6 by its /64, which is what one customer has; nobody could be told apart below that.
  [[nodiscard]] failure_key address(const address_octets& octets) const;
  // Of a token: application and object. None if it names neither.
  [[nodiscard]] std::optional<failure_key> caller(std::string_view application_id,
                                                  std::string_view object_id) const;

 private:
  [[nodiscard]] failure_key digest(char kind, std::string_view text) const;
  std::array<char, 16> seed_{};
};

// Both limits together. Not thread-safe.
class failure_counts {
 public:
  explicit failure_counts(const failure_limits& limits)
      : addresses_(limits.per_address, limits.window), callers_(limits.per_caller, limits.window) {}

  [[nodiscard]] std::optional<unsigned> refused_for(const suspect& who, instant now) const;
  // As failure_table's.
  std::optional<instant> failed(const suspect& who, instant now);

 private:
  failure_table addresses_;
  failure_table callers_;
};

}  // namespace twinkeep::regions
