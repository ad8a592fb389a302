#pragma once

#include <boost/json.hpp>
#include <string>

#include "management_kit.hpp"
#include "protocol/http/target.hpp"
#include "protocol/management/ids.hpp"
#include "protocol/management/route.hpp"
#include "protocol/management/write.hpp"
#include "support.hpp"

namespace twinkeep::protocol::management::test_answers {

namespace bj = boost::json;

inline const answer_context context{"S", "https://arm:8443", "2025-05-01", "vault.localhost:8443"};
inline const std::string prefix =
    "/subscriptions/S/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/";

[[nodiscard]] inline bj::value parsed(const text& body) {
  return bj::parse(bj::string_view{body.data(), body.size()});
}

[[nodiscard]] inline std::string text_in(const bj::value& value) {
  return value.as_string().c_str();
}

// What a client gets to that follows a link of an answer.
[[nodiscard]] inline request followed(const std::string& link) {
  BOOST_TEST_REQUIRE(link.starts_with(context.base_url), link);
  const auto target = http::parse_target(std::string_view(link).substr(context.base_url.size()));
  BOOST_TEST_REQUIRE(target.ok(), link);
  auto next = route(http_method::get, *target);
  BOOST_TEST_REQUIRE(next.ok(), link);
  return *std::move(next);
}

}  // namespace twinkeep::protocol::management::test_answers
