#include "protocol/management/read.hpp"

#include <array>

#include "protocol/join.hpp"
#include "protocol/management/read_parts.hpp"

namespace twinkeep::protocol::management {

namespace {

using body_reader = outcome<request_body> (*)(reader& in, operation_id operation);
struct row {
  operation_id operation;
  body_reader read;
};
using enum operation_id;

constexpr std::array readers = std::to_array<row>({
    {vault_put, read_vault},
    {vault_patch, read_vault},
    {name_check, read_name_query},
    {access_policy_add, read_access_policies},
    {access_policy_replace, read_access_policies},
    {access_policy_remove, read_access_policies},
    {connection_put, read_connection},
    {secret_put, read_secret},
    {secret_patch, read_secret},
    {key_put, read_key},
    {role_assignment_put, read_role_assignment},
});

constexpr auto by_operation() {
  std::array<body_reader, operation_count> all{};
  for (const auto& [operation, read] : readers) all[std::size_t(operation)] = read;
  return all;
}

// What is no JSON is told apart from what is wrong within, so it is asked first.
outcome<void> check_form(byte_view body) {
  reader in(body);
  auto done = in.read([&in](std::string_view, reader::value& v) { return in.ignore(v); });
  if (done) return {};
  return failure{error{error_code::invalid_request_content, done.error().message}};
}

}  // namespace

outcome<request_body> read_body(const operation& op, byte_view body) {
  static constexpr auto reader_of = by_operation();
  const auto read = reader_of.at(std::size_t(op.id));
  if (read == nullptr) return request_body{};
  if (body.size() > max_body_bytes) {
    return failure{error{error_code::request_too_large,
                         join({"The request body has ", std::to_string(body.size()),
                               " bytes, allowed are ", std::to_string(max_body_bytes), "."})}};
  }
  if (auto formed = check_form(body); !formed) return failure{std::move(formed).error()};
  reader in(body);
  return read(in, op.id);
}

}  // namespace twinkeep::protocol::management
