#include "protocol/json/read.hpp"

#include "protocol/join.hpp"
#include "protocol/json/read_parts.hpp"
#include "protocol/messages.hpp"

namespace twinkeep::protocol::json {

namespace {

error body_too_large(std::size_t given) {
  return {error_code::request_entity_too_large, inner_code::none,
          join({"The request body has ", std::to_string(given), " bytes, allowed are ",
                std::to_string(max_body_bytes), "."}),
          std::nullopt};
}

}  // namespace

outcome<request_body> read_body(operation_id operation, byte_view body) {
  const auto read_with = [&](auto function, auto... more) -> outcome<request_body> {
    if (body.size() > max_body_bytes) return failure{body_too_large(body.size())};
    reader in(body);
    return function(in, more...);
  };
  switch (operation) {
    case operation_id::secret_set:
      return read_with(read_set_secret);
    case operation_id::secret_update:
      return read_with(read_update_secret);
    case operation_id::key_create:
      return read_with(read_create_key);
    case operation_id::key_update:
      return read_with(read_update_key);
    case operation_id::key_encrypt:
    case operation_id::key_decrypt:
    case operation_id::key_wrap:
    case operation_id::key_unwrap:
    case operation_id::key_sign:
    case operation_id::key_verify:
      return read_with(read_crypto_parameters, operation);
    default:
      return request_body{};
  }
}

// Not bound by max_body_bytes: an object of many versions makes a blob that is larger.
outcome<bytes> read_backup_blob(byte_view body) {
  reader in(body);
  std::optional<std::string_view> text;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "value") return assign(in.string(v, name), text);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  if (!text) return failure{missing_member("value")};
  auto blob = crypto::base64url_decode(*text);
  if (!blob) return failure{broken_backup()};
  return *std::move(blob);
}

}  // namespace twinkeep::protocol::json
