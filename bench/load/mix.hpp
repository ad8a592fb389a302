#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/algorithms.hpp"
#include "crypto/result.hpp"

namespace twinkeep::load {

enum class operation_kind { get, set, list, sign };

struct mix_item {
  operation_kind kind = operation_kind::get;
  const crypto::algorithm* algorithm = nullptr;  // sign
  unsigned rsa_bits = 2048;                      // sign with an RSA key
  std::string label;                             // as it was written: "sign:PS256:3072"
  unsigned weight = 1;
};

// "get=90,set=5,sign:RS256=5,sign:PS256:3072,list": operations and their weights, 1 when there is
// none. Signatures: every algorithm of the service's table, RSA with 2048 (the default), 3072 or
// 4096 bits. The error says which part is wrong and what was expected.
[[nodiscard]] result<std::vector<mix_item>, std::string> parse_mix(std::string_view text);

// Chooses among weighted items: `random` is spread evenly over all 64 bits.
class weighted_choice {
 public:
  explicit weighted_choice(const std::vector<unsigned>& weights);  // at least one, none zero
  [[nodiscard]] std::size_t pick(std::uint64_t random) const;

 private:
  std::vector<std::uint64_t> below_;  // sums of the weights so far
};

}  // namespace twinkeep::load
