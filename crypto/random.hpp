#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace twinkeep::crypto {

// PORT. Randomness comes in from outside, so that a simulation can be repeated from its seed.
class random_source {
 public:
  virtual ~random_source() = default;
  // Fills all of `out` or throws std::runtime_error: a service without randomness must stop.
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

// OpenSSL's CSPRNG. Thread-safe.
[[nodiscard]] random_source& system_random();

// 32 lower-case hexadecimal digits: versions of objects, request ids.
[[nodiscard]] std::string random_hex_id(random_source& random);
// RFC 4122 version 4, lower case, with hyphens: tenants, client ids, request ids in headers.
[[nodiscard]] std::string random_guid(random_source& random);

}  // namespace twinkeep::crypto
