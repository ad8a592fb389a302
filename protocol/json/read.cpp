#include "protocol/json/read.hpp"

#include <array>

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

using body_reader = outcome<request_body> (*)(reader& in, operation_id operation);
struct row {
  operation_id operation;
  body_reader read;
};
using enum operation_id;

constexpr std::array readers = std::to_array<row>({
    {secret_set, read_set_secret},
    {secret_update, read_update_secret},
    {key_create, read_create_key},
    {key_import, read_import_key},
    {key_update, read_update_key},
    {key_encrypt, read_crypto_parameters},
    {key_decrypt, read_crypto_parameters},
    {key_wrap, read_crypto_parameters},
    {key_unwrap, read_crypto_parameters},
    {key_sign, read_crypto_parameters},
    {key_verify, read_crypto_parameters},
    {key_set_rotation_policy, read_rotation_policy},
    {key_release, read_release_key},
    {operation_id::random_bytes, read_random_bytes},
    {certificate_create, read_create_certificate},
    {certificate_import, read_import_certificate},
    {certificate_update, read_update_certificate},
    {certificate_update_policy, read_certificate_policy},
    {certificate_cancel_pending, read_cancel_pending},
    {certificate_merge, read_merge_certificate},
    {contacts_set, read_set_contacts},
    {issuer_set, read_issuer},
    {issuer_update, read_issuer},
});

constexpr auto by_operation() {
  std::array<body_reader, operation_count> all{};
  for (const auto& [operation, read] : readers) all[std::size_t(operation)] = read;
  return all;
}

}  // namespace

outcome<request_body> read_body(operation_id operation, byte_view body) {
  static constexpr auto reader_of = by_operation();
  const auto read = reader_of.at(std::size_t(operation));
  if (read == nullptr) return request_body{};
  if (body.size() > max_body_bytes) return failure{body_too_large(body.size())};
  reader in(body);
  return read(in, operation);
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
