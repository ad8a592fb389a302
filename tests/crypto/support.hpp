#pragma once

#include <algorithm>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "crypto/algorithms.hpp"
#include "crypto/bytes.hpp"
#include "crypto/error.hpp"
#include "crypto/random.hpp"
#include "tests/temporary_directory.hpp"

namespace twinkeep::test {

// `file` below tests/data.
[[nodiscard]] boost::json::value read_json(std::string_view file);

// Throw where the text is none: vectors are taken to be well formed.
[[nodiscard]] bytes from_hex(const boost::json::value& text);
[[nodiscard]] bytes from_base64url(const boost::json::value& text);

[[nodiscard]] bytes digest_of(crypto::hash hash, byte_view data);

// n, e and so on without the leading zero octets that ASN.1 adds.
[[nodiscard]] bytes without_leading_zeros(bytes number);

// Counts up: octets that are known, and different in every call.
class counting_random final : public crypto::random_source {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (auto& octet : out) octet = next_++;
  }

 private:
  std::uint8_t next_ = 0;
};

template <class T>
T must(crypto::outcome<T> outcome) {
  if (!outcome) throw std::runtime_error(outcome.error().message);
  return std::move(outcome).value();
}

template <class T>
bool failed_with(const crypto::outcome<T>& outcome, crypto::error_code code) {
  return !outcome.ok() && outcome.error().code == code;
}

inline bool equal(byte_view a, byte_view b) {
  return std::ranges::equal(a, b);
}

}  // namespace twinkeep::test
