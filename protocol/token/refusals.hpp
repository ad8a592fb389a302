#pragma once

#include <string>

#include "protocol/errors.hpp"

namespace twinkeep::protocol::token {

// 401 with a text of CONTRACT 2.1. Internal to protocol/token.
[[nodiscard]] inline failure<error> refuse(std::string message) {
  return failure{error{error_code::unauthorized, inner_code::none, std::move(message), {}}};
}

}  // namespace twinkeep::protocol::token
