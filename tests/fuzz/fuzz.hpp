#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "crypto/bytes.hpp"
#include "crypto/random.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace twinkeep::fuzz {

// What has to hold whatever the input is: libFuzzer keeps the input of an abort.
inline void require(bool holds) {
  if (!holds) std::abort();
}

// Takes the first octet off, to choose by; 0 of nothing.
inline unsigned choice(byte_view& input) {
  if (input.empty()) return 0;
  const unsigned first = input.front();
  input = input.subspan(1);
  return first;
}

// Nonces do not matter here: a run has to come out the same each time.
class zeros final : public crypto::random_source {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (auto& octet : out) octet = 0;
  }
};

}  // namespace twinkeep::fuzz
