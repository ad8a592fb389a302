#include <algorithm>
#include <array>

#include "protocol/join.hpp"
#include "protocol/json/read_parts.hpp"

namespace twinkeep::protocol::json {

namespace {

constexpr std::int64_t default_exponent = 65537;

// Sizes in bits by type (CONTRACT 5.5). The last column is how they are called in a message.
struct size_row {
  crypto::key_type type;
  std::array<unsigned, 3> sizes;
  unsigned by_default;
  std::string_view accepted;
};
constexpr size_row rsa_sizes{
    crypto::key_type::rsa, {2048, 3072, 4096}, 2048, "2048, 3072 and 4096"};
constexpr size_row oct_sizes{crypto::key_type::oct, {128, 192, 256}, 256, "128, 192 and 256"};

outcome<unsigned> size_of(const key_parameters& given, const size_row& row,
                          const key_parameter_names& names) {
  const auto size = given.key_size.value_or(row.by_default);
  if (std::ranges::find(row.sizes, size) != row.sizes.end()) return static_cast<unsigned>(size);
  return failure{bad_parameter(
      join({"Member '", names.key_size, "' is ", std::to_string(size), ". Accepted for ",
            crypto::to_string(row.type), " are ", row.accepted, "."}))};
}

outcome<crypto::key_spec> rsa_spec(const key_parameters& given, const key_parameter_names& names) {
  crypto::key_spec spec{.type = crypto::key_type::rsa};
  if (auto done = assign(size_of(given, rsa_sizes, names), spec.modulus_bits); !done) {
    return failure{std::move(done).error()};
  }
  if (given.public_exponent.value_or(default_exponent) != default_exponent) {
    return failure{
        bad_parameter(join({"Member 'public_exponent' is ", std::to_string(*given.public_exponent),
                            ". Accepted is ", std::to_string(default_exponent), "."}))};
  }
  return spec;
}

outcome<crypto::key_spec> ec_spec(const key_parameters& given, const key_parameter_names& names) {
  crypto::key_spec spec{.type = crypto::key_type::ec};
  if (!given.crv) return spec;
  if (auto done = assign(curve_named(names.crv, *given.crv), spec.crv); !done) {
    return failure{std::move(done).error()};
  }
  return spec;
}

outcome<crypto::key_spec> oct_spec(const key_parameters& given, const key_parameter_names& names) {
  crypto::key_spec spec{.type = crypto::key_type::oct};
  if (auto done = assign(size_of(given, oct_sizes, names), spec.octet_bits); !done) {
    return failure{std::move(done).error()};
  }
  return spec;
}

}  // namespace

outcome<void> take_kind_of_key(const key_parameters& given, create_key& body,
                               const key_parameter_names& names) {
  if (!given.kty) return failure{missing_member(names.kty)};
  const auto kind = key_kind_named(names.kty, *given.kty);
  if (!kind) return failure{kind.error()};
  body.hsm = kind->hsm;
  switch (kind->type) {
    case crypto::key_type::rsa:
      return assign(rsa_spec(given, names), body.spec);
    case crypto::key_type::ec:
      return assign(ec_spec(given, names), body.spec);
    case crypto::key_type::oct:
      break;
  }
  return assign(oct_spec(given, names), body.spec);
}

outcome<request_body> read_create_key(reader& in, operation_id) {
  create_key body;
  key_parameters given;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "kty") return assign(in.string(v, name), given.kty);
    if (name == "crv") return assign(in.string(v, name), given.crv);
    if (name == "key_size") return assign(in.integer(v, name), given.key_size);
    if (name == "public_exponent") return assign(in.integer(v, name), given.public_exponent);
    if (name == "key_ops") return read_key_ops(in, v, body.key_ops);
    if (name == "attributes") return read_attributes(in, v, of::key, body.attributes);
    if (name == "tags") return read_tags(in, v, body.tags);
    if (name == "release_policy") return read_release_policy(in, v, body.release);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  if (auto taken = take_kind_of_key(given, body); !taken) return failure{std::move(taken).error()};
  return request_body{std::move(body)};
}

outcome<request_body> read_update_key(reader& in, operation_id) {
  update_key body;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "key_ops") return read_key_ops(in, v, body.key_ops);
    if (name == "attributes") return read_attributes(in, v, of::key, body.attributes);
    if (name == "tags") return read_tags(in, v, body.tags);
    if (name == "release_policy") return read_release_policy(in, v, body.release);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  // Not one expression: g++ 12 then warns of a member that may be uninitialized.
  request_body whole;
  whole.emplace<update_key>(std::move(body));
  return whole;
}

}  // namespace twinkeep::protocol::json
