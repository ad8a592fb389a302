#pragma once

#include "bench/load/preparer.hpp"

namespace twinkeep::load {

// Keys of the item's algorithm, and what is to be verified, decrypted or unwrapped by them.
[[nodiscard]] result<prepared_operation, std::string> prepare_keys(const target_vault& vault,
                                                                   const mix_item& item,
                                                                   const workload_shape& shape,
                                                                   prepared_operation out);

}  // namespace twinkeep::load
