#include <algorithm>
#include <array>

#include "protocol/join.hpp"
#include "protocol/json/read_parts.hpp"

namespace twinkeep::protocol::json {

namespace {

constexpr std::array<std::int64_t, 3> modulus_sizes{2048, 3072, 4096};
constexpr std::int64_t default_exponent = 65537;

// The members of a create request as they were sent.
struct created {
  std::optional<std::string_view> kty, crv;
  std::optional<std::int64_t> key_size, public_exponent;
  bool release_policy = false;
};

// The rules of key release, in Azure's numbers (CONTRACT 5.5): what is exportable needs a policy,
// a policy needs what is exportable, and only an HSM's keys can have both.
std::optional<error> refuse_release(bool policy, const attributes_input& attributes) {
  const bool exportable = attributes.exportable.value_or(false);
  if (exportable && policy) {
    return bad_parameter("AKV.SKR.1006: Exportable keys must be protected by an HSM.");
  }
  if (exportable) return bad_parameter("AKV.SKR.1004: Exportable keys must have release policy.");
  if (policy) {
    return bad_parameter("AKV.SKR.1005: Non-exportable keys must not have release policy.");
  }
  return std::nullopt;
}

outcome<crypto::key_type> type_of(std::string_view kty) {
  for (const auto type : {crypto::key_type::rsa, crypto::key_type::ec}) {
    if (kty == crypto::to_string(type)) return type;
  }
  constexpr std::array<std::string_view, 4> elsewhere{"RSA-HSM", "EC-HSM", "oct", "oct-HSM"};
  const bool known = std::ranges::find(elsewhere, kty) != elsewhere.end();
  return failure{bad_parameter(
      join({"Member 'kty' is ", quoted(kty),
            known ? ": this vault does not hold such keys" : ", which is no type of key",
            ". Accepted are RSA and EC."}))};
}

outcome<crypto::key_spec> rsa_spec(const created& given) {
  crypto::key_spec spec{crypto::key_type::rsa, 2048, {}};
  const auto size = given.key_size.value_or(spec.modulus_bits);
  if (std::ranges::find(modulus_sizes, size) == modulus_sizes.end()) {
    return failure{bad_parameter(join({"Member 'key_size' is ", std::to_string(size),
                                       ". Accepted for RSA are 2048, 3072 and 4096."}))};
  }
  if (given.public_exponent.value_or(default_exponent) != default_exponent) {
    return failure{
        bad_parameter(join({"Member 'public_exponent' is ", std::to_string(*given.public_exponent),
                            ". Accepted is ", std::to_string(default_exponent), "."}))};
  }
  spec.modulus_bits = static_cast<unsigned>(size);
  return spec;
}

outcome<crypto::key_spec> ec_spec(const created& given) {
  crypto::key_spec spec{crypto::key_type::ec, {}, crypto::curve::p256};
  if (!given.crv) return spec;
  const auto crv = crypto::find_curve(*given.crv);
  if (!crv) {
    return failure{bad_parameter(join({"Member 'crv' is ", quoted(*given.crv),
                                       ". Accepted are P-256, P-256K, P-384 and P-521."}))};
  }
  spec.crv = *crv;
  return spec;
}

}  // namespace

outcome<request_body> read_create_key(reader& in) {
  create_key body;
  created given;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "kty") return assign(in.string(v, name), given.kty);
    if (name == "crv") return assign(in.string(v, name), given.crv);
    if (name == "key_size") return assign(in.integer(v, name), given.key_size);
    if (name == "public_exponent") return assign(in.integer(v, name), given.public_exponent);
    if (name == "key_ops") return read_key_ops(in, v, body.key_ops);
    if (name == "attributes") return read_attributes(in, v, of::key, body.attributes);
    if (name == "tags") return read_tags(in, v, body.tags);
    given.release_policy |= name == "release_policy";
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  if (!given.kty) return failure{missing_member("kty")};
  // Before the type is looked at: Azure answers so for HSM types, and a suite compares the number.
  if (auto refused = refuse_release(given.release_policy, body.attributes)) {
    return failure{*std::move(refused)};
  }
  const auto type = type_of(*given.kty);
  if (!type) return failure{type.error()};
  auto spec = *type == crypto::key_type::rsa ? rsa_spec(given) : ec_spec(given);
  if (!spec) return failure{std::move(spec).error()};
  body.spec = *spec;
  return request_body{std::move(body)};
}

outcome<request_body> read_update_key(reader& in) {
  update_key body;
  bool release_policy = false;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "key_ops") return read_key_ops(in, v, body.key_ops);
    if (name == "attributes") return read_attributes(in, v, of::key, body.attributes);
    if (name == "tags") return read_tags(in, v, body.tags);
    release_policy |= name == "release_policy";
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  // `exportable` alone is the vault's to refuse: AKV.SKR.1003 needs the key's state.
  if (release_policy) {
    if (auto refused = refuse_release(true, body.attributes)) return failure{*std::move(refused)};
  }
  // Not one expression: g++ 12 then warns of a member that may be uninitialized.
  request_body whole;
  whole.emplace<update_key>(std::move(body));
  return whole;
}

}  // namespace twinkeep::protocol::json
