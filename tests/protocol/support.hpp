#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "crypto/barrier.hpp"
#include "crypto/random.hpp"
#include "crypto/secret_bytes.hpp"
#include "protocol/errors.hpp"

namespace twinkeep::protocol::test {

// "ok", or the code and the whole message: one comparison shows both.
template <class T>
[[nodiscard]] std::string said(const outcome<T>& o) {
  if (o.ok()) return "ok";
  return std::string(to_string(o.error().code)) + ": " + o.error().message;
}

[[nodiscard]] inline bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

[[nodiscard]] inline std::string text_of(const crypto::wiping_chars& text) {
  return {text.begin(), text.end()};
}

[[nodiscard]] inline std::string text_of(const crypto::secret_bytes& secret) {
  return std::string(as_text(secret.view()));
}

[[nodiscard]] inline bool equal(byte_view a, byte_view b) {
  return std::ranges::equal(a, b);
}

// Counts up: octets that are known.
class counting_random final : public crypto::random_source {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (auto& octet : out) octet = next_++;
  }

 private:
  std::uint8_t next_ = 0;
};

// A data key of one octet, repeated.
[[nodiscard]] inline crypto::data_key key_of(std::uint8_t octet) {
  const bytes key(crypto::data_key::size, octet);
  return crypto::data_key(crypto::secret_bytes::copy_of(key));
}

}  // namespace twinkeep::protocol::test
