#include "protocol/join.hpp"
#include "protocol/json/read_parts.hpp"

namespace twinkeep::protocol::json {

namespace {

error not_base64url(std::string_view name) {
  return bad_parameter(join({"Member '", name, "' must be encoded with base64url."}));
}

outcome<void> read_bytes(reader& in, reader::value& v, std::string_view name,
                         std::optional<bytes>& out) {
  auto text = in.string(v, name);
  if (!text) return failure{std::move(text).error()};
  out = crypto::base64url_decode(*text);
  if (!out) return failure{not_base64url(name)};
  return {};
}

// What is to be encrypted is a secret: no copy of it stays behind.
outcome<void> read_secret_bytes(reader& in, reader::value& v, std::string_view name,
                                std::optional<crypto::secret_bytes>& out) {
  std::optional<bytes> plain;
  if (auto done = read_bytes(in, v, name, plain); !done) return done;
  out = crypto::secret_bytes::copy_of(*plain);
  crypto::wipe(plain->data(), plain->size());
  return {};
}

bool is_signature(operation_id operation) {
  return operation == operation_id::key_sign || operation == operation_id::key_verify;
}

outcome<const crypto::algorithm*> algorithm_named(std::string_view name, operation_id operation) {
  if (const auto* found = crypto::find_algorithm(name)) return found;
  std::vector<std::string_view> fitting;
  for (const auto& row : crypto::algorithms()) {
    if (row.signs() == is_signature(operation)) fitting.push_back(row.name);
  }
  return failure{bad_parameter(join({"Member 'alg' is ", quoted(name), ". Accepted for ",
                                     row_of(operation).verb, " are ", enumerate(fitting), "."}))};
}

}  // namespace

// iv, tag and aad belong to symmetric keys, which this vault does not hold: they are ignored.
outcome<request_body> read_crypto_parameters(reader& in, operation_id operation) {
  const bool verifies = operation == operation_id::key_verify;
  std::optional<std::string_view> algorithm;
  std::optional<crypto::secret_bytes> value;
  std::optional<bytes> digest;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "alg") return assign(in.string(v, name), algorithm);
    if (name == "value") return read_secret_bytes(in, v, name, value);
    if (name == "digest" && verifies) return read_bytes(in, v, name, digest);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  if (!algorithm) return failure{missing_member("alg")};
  const auto row = algorithm_named(*algorithm, operation);
  if (!row) return failure{row.error()};
  if (verifies && !digest) return failure{missing_member("digest")};
  if (!value) return failure{missing_member("value")};
  return request_body{
      crypto_parameters{*row, *std::move(value), std::move(digest).value_or(bytes{})}};
}

}  // namespace twinkeep::protocol::json
