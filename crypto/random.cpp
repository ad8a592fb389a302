#include "crypto/random.hpp"

#include <openssl/err.h>
#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

#include "crypto/bytes.hpp"

namespace twinkeep::crypto {

namespace {

class openssl_random final : public random_source {
 public:
  void fill(std::span<std::uint8_t> out) override {
    constexpr std::size_t longest = 1 << 20;  // RAND_bytes counts in int
    while (!out.empty()) {
      const auto part = out.first(std::min(out.size(), longest));
      if (RAND_bytes(part.data(), static_cast<int>(part.size())) != 1) {
        ERR_clear_error();
        throw std::runtime_error("OpenSSL has no randomness to give (RAND_bytes failed)");
      }
      out = out.subspan(part.size());
    }
  }
};

std::array<std::uint8_t, 16> random_octets(random_source& random) {
  std::array<std::uint8_t, 16> octets{};
  random.fill(octets);
  return octets;
}

}  // namespace

random_source& system_random() {
  static openssl_random random;
  return random;
}

std::string random_hex_id(random_source& random) {
  return hex_encode(random_octets(random));
}

std::string random_guid(random_source& random) {
  auto octets = random_octets(random);
  octets[6] = static_cast<std::uint8_t>((octets[6] & 0x0f) | 0x40);  // RFC 4122 §4.1.3: version 4
  octets[8] = static_cast<std::uint8_t>((octets[8] & 0x3f) | 0x80);  // §4.1.1: variant 10x
  auto text = hex_encode(octets);
  for (const std::size_t at : {8u, 13u, 18u, 23u}) text.insert(at, 1, '-');
  return text;
}

}  // namespace twinkeep::crypto
