#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/json/read_parts.hpp"
#include "protocol/json/reader.hpp"
#include "protocol/management/names.hpp"
#include "protocol/management/requests.hpp"

// The parts of which bodies are made, and a function for each body. Within, errors are those of
// the JSON reader; a body's function gives the management plane's. Internal to
// protocol/management.
namespace twinkeep::protocol::management {

using json::reader;
template <class T>
using parsed = protocol::outcome<T>;

// Of the JSON reader to that of an answer.
[[nodiscard]] failure<error> bad_body(const protocol::error& e);
[[nodiscard]] failure<protocol::error> wrong(std::initializer_list<std::string_view> parts);

// ---- values ----

[[nodiscard]] parsed<void> read_guid(reader& in, reader::value& v, std::string_view name,
                                     std::string& out);
// A text that is not optional; at most `longest` characters.
[[nodiscard]] parsed<void> read_words(reader& in, reader::value& v, std::string_view name,
                                      std::string& out, std::size_t longest = json::max_text_chars);
// A resource id: "/subscriptions/...".
[[nodiscard]] parsed<void> read_resource_id(reader& in, reader::value& v, std::string_view name,
                                            std::string& out);

// One of a few names, without case.
template <class T, std::size_t N, class Target>
[[nodiscard]] parsed<void> read_choice(reader& in, reader::value& v, std::string_view name,
                                       const std::array<choice<T>, N>& choices, Target& out) {
  const auto given = in.string(v, name);
  if (!given) return failure{given.error()};
  if (const auto found = find_choice(choices, *given)) {
    out = *found;
    return {};
  }
  std::vector<std::string_view> names;
  for (const auto& c : choices) names.push_back(c.name);
  return failure{json::not_accepted(name, *given, names)};
}

// ---- parts ----

// properties.accessPolicies: at most 1024, all of one tenant, one for each principal.
[[nodiscard]] parsed<void> read_access_policy_list(reader& in, reader::value& v,
                                                   std::vector<access_policy>& out);
// properties.networkAcls.
[[nodiscard]] parsed<void> read_network_rules(reader& in, reader::value& v,
                                              std::optional<network_rules>& out);

// ---- bodies ----

[[nodiscard]] outcome<request_body> read_vault(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_access_policies(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_connection(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_name_query(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_role_assignment(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_secret(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_key(reader& in, operation_id operation);

}  // namespace twinkeep::protocol::management
