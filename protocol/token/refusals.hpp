#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/errors.hpp"
#include "protocol/join.hpp"
#include "protocol/json/reader.hpp"

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

// Reads an object whose names are all different, those that nobody looks at too: two values of one
// name could mean two things to two readers (RFC 7519 §4).
[[nodiscard]] inline outcome<void> read_distinct(json::reader& in,
                                                 const json::reader::on_member& handler) {
  std::vector<std::string_view> names;
  auto done = in.read([&](std::string_view name, json::reader::value& v) {
    names.push_back(name);
    return handler(name, v);
  });
  if (!done) return done;
  std::ranges::sort(names);
  const auto found = std::ranges::adjacent_find(names);
  if (found != names.end()) return twice(*found);
  return {};
}

}  // namespace twinkeep::protocol::token
