#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/errors.hpp"
#include "protocol/join.hpp"

namespace twinkeep::protocol::token {

// 401 with a text of CONTRACT 2.1. Internal to protocol/token.
[[nodiscard]] inline failure<error> refuse(std::string message) {
  return failure{error{error_code::unauthorized, inner_code::none, std::move(message), {}}};
}

[[nodiscard]] inline failure<error> undecodable(std::string_view why) {
  return refuse(join({"AKV10001: The token is not a valid JSON Web Token: ", why}));
}

[[nodiscard]] inline failure<error> twice(std::string_view name) {
  return failure{bad_parameter(join({"Member '", name, "' comes twice."}))};
}

// Two values of one name could mean two things to two readers (RFC 7519 §4): of an object's names,
// those that nobody looks at too, none may come twice.
class distinct_names {
 public:
  void add(std::string_view name) { names_.push_back(name); }
  [[nodiscard]] outcome<void> check() {
    std::ranges::sort(names_);
    const auto found = std::ranges::adjacent_find(names_);
    if (found != names_.end()) return twice(*found);
    return {};
  }

 private:
  std::vector<std::string_view> names_;
};

}  // namespace twinkeep::protocol::token
