#include <algorithm>
#include <array>

#include "protocol/join.hpp"
#include "protocol/json/read.hpp"
#include "protocol/json/read_parts.hpp"

// A JWK with its private part (RFC 7518 §6), as PUT /keys/{name} brings one.
namespace twinkeep::protocol::json {

namespace {

// Longer than any number of a key that is served (RSA 4096: 512 octets, and leading zeros): nobody
// shall make OpenSSL look at a number of half a megabyte.
constexpr std::size_t max_number_bytes = 1024;

using crypto::private_jwk;

// `type`: to which keys the number belongs. `label`: its name in messages.
struct public_row {
  std::string_view name, label;
  bytes private_jwk::*member;
  crypto::key_type type;
};
struct private_row {
  std::string_view name, label;
  crypto::secret_bytes private_jwk::*member;
};
constexpr auto rsa = crypto::key_type::rsa;
constexpr auto ec = crypto::key_type::ec;
constexpr std::array public_numbers = std::to_array<public_row>({
    {"n", "key.n", &private_jwk::n, rsa},
    {"e", "key.e", &private_jwk::e, rsa},
    {"x", "key.x", &private_jwk::x, ec},
    {"y", "key.y", &private_jwk::y, ec},
});
constexpr std::array private_numbers = std::to_array<private_row>({
    {"d", "key.d", &private_jwk::d},
    {"k", "key.k", &private_jwk::k},
    {"p", "key.p", &private_jwk::p},
    {"q", "key.q", &private_jwk::q},
    {"dp", "key.dp", &private_jwk::dp},
    {"dq", "key.dq", &private_jwk::dq},
    {"qi", "key.qi", &private_jwk::qi},
});
constexpr std::span factors = std::span(private_numbers).subspan<2>();

struct given_key {
  import_key body;
  std::optional<std::string_view> kty, crv;
  bool jwk = false;
  bool hsm = false;
};

outcome<void> read_number_of(reader& in, reader::value& v, const public_row& row,
                             private_jwk& out) {
  std::optional<bytes> number;
  if (auto done = read_bytes(in, v, row.label, number); !done) return done;
  out.*row.member = *std::move(number);
  return check_bytes(row.label, (out.*row.member).size(), max_number_bytes);
}

outcome<void> read_number_of(reader& in, reader::value& v, const private_row& row,
                             private_jwk& out) {
  std::optional<crypto::secret_bytes> number;
  if (auto done = read_secret_bytes(in, v, row.label, number); !done) return done;
  out.*row.member = *std::move(number);
  return check_bytes(row.label, (out.*row.member).size(), max_number_bytes);
}

outcome<void> read_key_hsm(reader& in, reader::value& v, std::optional<key_transfer>& out) {
  std::optional<bytes> blob;
  if (auto done = read_bytes(in, v, "key.key_hsm", blob); !done) return done;
  return assign(read_key_transfer(*blob), out);
}

// `kid` is ignored: it says where the key was before (CONTRACT 11.2).
outcome<void> read_jwk(reader& in, reader::value& v, given_key& given) {
  given.jwk = true;
  return in.object(v, "key", [&](std::string_view name, reader::value& m) -> outcome<void> {
    if (name == "kty") return assign(in.string(m, "key.kty"), given.kty);
    if (name == "crv") return assign(in.string(m, "key.crv"), given.crv);
    if (name == "key_ops") return read_key_ops(in, m, given.body.key_ops);
    if (name == "key_hsm") return read_key_hsm(in, m, given.body.transfer);
    for (const auto& row : public_numbers) {
      if (row.name == name) return read_number_of(in, m, row, given.body.key);
    }
    for (const auto& row : private_numbers) {
      if (row.name == name) return read_number_of(in, m, row, given.body.key);
    }
    return in.ignore(m);
  });
}

outcome<void> missing(std::string_view label) {
  return failure{missing_member(label)};
}

// The five come together or not at all (RFC 7518 §6.3.2).
outcome<void> check_factors(const private_jwk& key) {
  const auto is_absent = [&](const private_row& row) { return (key.*row.member).empty(); };
  const auto absent = std::ranges::find_if(factors, is_absent);
  if (absent == factors.end() || std::ranges::all_of(factors, is_absent)) return {};
  return failure{bad_parameter(
      join({"Member '", absent->label, "' is required: p, q, dp, dq and qi come together."}))};
}

outcome<void> check_numbers(const private_jwk& key) {
  if (key.type == crypto::key_type::oct) return key.k.empty() ? missing("key.k") : outcome<void>{};
  for (const auto& row : public_numbers) {
    if (row.type == key.type && (key.*row.member).empty()) return missing(row.label);
  }
  if (key.d.empty()) return missing("key.d");
  return key.type == rsa ? check_factors(key) : outcome<void>{};
}

// Azure takes RSA and EC keys this way, into HSMs alone.
outcome<void> check_transfer(const given_key& given) {
  const auto& key = given.body.key;
  const auto present = [&](const auto& row) { return !(key.*row.member).empty(); };
  const auto number = std::ranges::find_if(public_numbers, present);
  const auto secret = std::ranges::find_if(private_numbers, present);
  if (number != public_numbers.end() || secret != private_numbers.end()) {
    return failure{bad_parameter(
        join({"Member '", number != public_numbers.end() ? number->label : secret->label,
              "' does not go with 'key.key_hsm', which brings the whole key."}))};
  }
  if (given.body.hsm && key.type != crypto::key_type::oct) return {};
  return failure{not_accepted("key.kty", *given.kty, {"RSA-HSM", "EC-HSM"})};
}

outcome<void> complete(given_key& given) {
  if (!given.jwk) return missing("key");
  if (!given.kty) return missing("key.kty");
  auto& key = given.body.key;
  const auto kind = key_kind_named("key.kty", *given.kty);
  if (!kind) return failure{kind.error()};
  key.type = kind->type;
  given.body.hsm = kind->hsm || given.hsm;
  if (key.type == ec) {
    if (!given.crv) return missing("key.crv");
    if (auto done = assign(curve_named("key.crv", *given.crv), key.crv); !done) return done;
  }
  return given.body.transfer ? check_transfer(given) : check_numbers(key);
}

}  // namespace

outcome<request_body> read_import_key(reader& in, operation_id) {
  given_key given;
  auto& body = given.body;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "key") return read_jwk(in, v, given);
    // The SDKs write it with a capital (CONTRACT 11.2).
    if (name == "Hsm" || name == "hsm") return assign(in.boolean(v, name), given.hsm);
    if (name == "attributes") return read_attributes(in, v, of::key, body.attributes);
    if (name == "tags") return read_tags(in, v, body.tags);
    if (name == "release_policy") return read_release_policy(in, v, body.release);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  if (auto checked = complete(given); !checked) return failure{std::move(checked).error()};
  request_body whole;
  whole.emplace<import_key>(std::move(body));
  return whole;
}

}  // namespace twinkeep::protocol::json
