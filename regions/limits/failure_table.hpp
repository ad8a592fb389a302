#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "regions/failover/timings.hpp"

namespace twinkeep::regions {

// Who failed: a digest under a seed of this process, so that nobody can choose names that fall
// together.
using failure_key = std::array<std::uint8_t, 16>;

// Counts failures by key, in windows that begin with a key's first failure. Who has reached the
// limit is refused until its window is over; what is refused does not count. Of a fixed size: where
// there is no room, the key whose window began first is forgotten. Not thread-safe.
class failure_table {
 public:
  static constexpr std::size_t usual_capacity = 4096;

  // A limit of 0: nobody is ever refused, nothing is counted.
  failure_table(unsigned limit, duration window, std::size_t capacity = usual_capacity);

  // Whole seconds, at least one, until the key may try again. Nothing: it may.
  [[nodiscard]] std::optional<unsigned> refused_for(const failure_key& key, instant now) const;
  // Until when the key is refused from now on; nothing: it may fail again.
  std::optional<instant> failed(const failure_key& key, instant now);

 private:
  struct entry {
    failure_key key{};
    instant began;
    unsigned failures = 0;  // 0: free
  };
  // A key has its place among a few that are looked through.
  static constexpr std::size_t row_size = 8;
  [[nodiscard]] std::size_t row_of(const failure_key& key) const;
  [[nodiscard]] bool counts(const entry& e, instant now) const;

  unsigned limit_;
  duration window_;
  std::vector<entry> entries_;
};

}  // namespace twinkeep::regions
