#pragma once

#include <variant>

#include "protocol/json/read.hpp"
#include "support.hpp"

// Reading a body in a test.
namespace twinkeep::protocol::test {

[[nodiscard]] inline outcome<request_body> read(operation_id operation, std::string_view body) {
  return json::read_body(operation, as_bytes(body));
}

template <class Body>
[[nodiscard]] Body must_read(operation_id operation, std::string_view body) {
  auto done = read(operation, body);
  BOOST_TEST_REQUIRE(done.ok(), said(done) << " for " << body);
  BOOST_TEST_REQUIRE(std::holds_alternative<Body>(*done));
  return std::get<Body>(*std::move(done));
}

[[nodiscard]] inline std::string refusal(operation_id operation, std::string_view body) {
  return said(read(operation, body));
}

}  // namespace twinkeep::protocol::test
