#include <algorithm>
#include <array>

#include "protocol/join.hpp"
#include "protocol/json/read_parts.hpp"

// The use of keys: the six operations, release, and random octets.
namespace twinkeep::protocol::json {

namespace {

bool is_signature(operation_id operation) {
  return operation == operation_id::key_sign || operation == operation_id::key_verify;
}

// Whether the operation is what the algorithm is for. Keys are wrapped by RSA and by the AES key
// wraps, whose names encrypt takes too (CONTRACT 5.3), but GCM and CBC only encrypt.
bool is_for(const crypto::algorithm& alg, operation_id operation) {
  if (alg.signs() || is_signature(operation)) return alg.signs() == is_signature(operation);
  const bool wraps = operation == operation_id::key_wrap || operation == operation_id::key_unwrap;
  return !wraps || alg.wraps_only() || alg.type == crypto::key_type::rsa;
}

outcome<const crypto::algorithm*> algorithm_named(std::string_view name, operation_id operation) {
  if (const auto* found = crypto::find_algorithm(name)) return found;
  std::vector<std::string_view> fitting;
  for (const auto& row : crypto::algorithms()) {
    if (is_for(row, operation)) fitting.push_back(row.name);
  }
  return failure{bad_parameter(join({"Member 'alg' is ", quoted(name), ". Accepted for ",
                                     row_of(operation).verb, " are ", enumerate(fitting), "."}))};
}

// What encryption with symmetric keys needs besides the text.
struct symmetric_row {
  std::string_view name;
  bytes crypto_parameters::*member;
};
constexpr std::array symmetric = std::to_array<symmetric_row>({
    {"iv", &crypto_parameters::iv},
    {"aad", &crypto_parameters::aad},
    {"tag", &crypto_parameters::tag},
});

outcome<void> read_symmetric(reader& in, std::string_view name, reader::value& v,
                             crypto_parameters& out) {
  const auto row = std::ranges::find(symmetric, name, &symmetric_row::name);
  if (row == symmetric.end()) return in.ignore(v);
  std::optional<bytes> value;
  if (auto done = read_bytes(in, v, name, value); !done) return done;
  out.*(row->member) = *std::move(value);
  return {};
}

// How a released key is wrapped (CONTRACT 5.3).
outcome<void> read_release_wrap(reader& in, reader::value& v) {
  const std::vector<std::string_view> known{"CKM_RSA_AES_KEY_WRAP", "RSA_AES_KEY_WRAP_256",
                                            "RSA_AES_KEY_WRAP_384"};
  const auto given = in.string(v, "enc");
  if (!given) return failure{given.error()};
  if (std::ranges::find(known, *given) != known.end()) return {};
  return failure{not_accepted("enc", *given, known)};
}

}  // namespace

outcome<request_body> read_crypto_parameters(reader& in, operation_id operation) {
  const bool verifies = operation == operation_id::key_verify;
  crypto_parameters body;
  std::optional<std::string_view> algorithm;
  std::optional<crypto::secret_bytes> value;
  std::optional<bytes> digest;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "alg") return assign(in.string(v, name), algorithm);
    if (name == "value") return read_secret_bytes(in, v, name, value);
    if (name == "digest" && verifies) return read_bytes(in, v, name, digest);
    if (is_signature(operation)) return in.ignore(v);
    return read_symmetric(in, name, v, body);
  });
  if (!done) return failure{std::move(done).error()};
  if (!algorithm) return failure{missing_member("alg")};
  const auto row = algorithm_named(*algorithm, operation);
  if (!row) return failure{row.error()};
  if (verifies && !digest) return failure{missing_member("digest")};
  if (!value) return failure{missing_member("value")};
  body.algorithm = *row;
  body.value = *std::move(value);
  body.digest = std::move(digest).value_or(bytes{});
  return request_body{std::move(body)};
}

// `nonce` and `enc` are looked at only: this service's attestations have no use for them.
outcome<request_body> read_release_key(reader& in, operation_id) {
  std::optional<std::string_view> target, nonce;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "target") return assign(in.string(v, name), target);
    if (name == "nonce") return assign(in.string(v, name), nonce);
    if (name == "enc") return read_release_wrap(in, v);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  if (!target) return failure{missing_member("target")};
  return request_body{release_key{std::string(*target)}};
}

outcome<request_body> read_random_bytes(reader& in, operation_id) {
  std::optional<unsigned> count;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "count") return read_number(in, v, name, {1, 128}, count);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  if (!count) return failure{missing_member("count")};
  return request_body{random_bytes{*count}};
}

}  // namespace twinkeep::protocol::json
