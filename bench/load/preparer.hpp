#pragma once

#include <string>
#include <vector>

#include "bench/load/mix.hpp"
#include "bench/load/prepare.hpp"
#include "bench/load/setup_client.hpp"
#include "crypto/result.hpp"

namespace twinkeep::load {

struct target_vault {
  const endpoint& server;
  SSL_CTX* context;
  std::string token;
};

// What is wrong with an answer, in its own words where it has some.
[[nodiscard]] failure<std::string> refused(std::string_view what, const reply& answer);

// Makes what an item of the mix needs, many objects at once, and writes its requests.
[[nodiscard]] result<prepared_operation, std::string> prepare_item(const target_vault& vault,
                                                                   const mix_item& item,
                                                                   const workload_shape& shape);

// Path and query of an operation on an object; an empty version is left out.
[[nodiscard]] std::string target_of(protocol::operation_id operation, std::string_view name,
                                    std::string_view version);

}  // namespace twinkeep::load
