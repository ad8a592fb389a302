#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/items.hpp"
#include "crypto/algorithms.hpp"
#include "crypto/result.hpp"

namespace twinkeep::load {

struct mix_item {
  const item* what = nullptr;
  const crypto::algorithm* algorithm = nullptr;  // sign:ALGORITHM and its like
  unsigned rsa_bits = 2048;                      // with an RSA key
  std::string label;                             // as it was written: "sign:PS256:3072"
  unsigned weight = 1;
};

// "get=90,set=5,sign:RS256=5,wrap:A256KW,sign:PS256:3072": items (items.hpp) and their weights, 1
// when there is none. Algorithms: those of the service's table that can do it, RSA with 2048 (the
// default), 3072 or 4096 bits. The error says which part is wrong and what was expected.
[[nodiscard]] result<std::vector<mix_item>, std::string> parse_mix(std::string_view text);

// Whether a key of the algorithm can do the operation.
[[nodiscard]] bool can_do(const crypto::algorithm& algorithm, protocol::operation_id operation);

// Chooses among weighted items: `random` is spread evenly over all 64 bits.
class weighted_choice {
 public:
  explicit weighted_choice(const std::vector<unsigned>& weights);  // at least one, none zero
  [[nodiscard]] std::size_t pick(std::uint64_t random) const;

 private:
  std::vector<std::uint64_t> below_;  // sums of the weights so far
};

}  // namespace twinkeep::load
