#include <algorithm>
#include <tuple>

#include "crypto/digest.hpp"
#include "protocol/json/reader.hpp"
#include "protocol/json/writer.hpp"
#include "protocol/token/trust.hpp"

namespace twinkeep::protocol::token {

namespace {

using json::reader;

constexpr std::size_t min_modulus_bytes = 256;  // RFC 7518 §3.3: 2048 bits or more
constexpr std::size_t max_modulus_bytes = 1024;
constexpr std::size_t max_exponent_bytes = 8;
constexpr std::size_t max_keys = 256;

using text = std::optional<std::string_view>;

// The members of a JWK as they are published.
struct published {
  text kty, use, alg, kid, n, e, crv, x, y;
  bool verifies = true;  // what key_ops says (RFC 7517 §4.3)
};

// A public number without leading zero octets; empty: absent or not base64url.
bytes number_of(const text& encoded) {
  auto number = encoded ? crypto::base64url_decode(*encoded) : std::nullopt;
  if (!number) return {};
  const auto first = std::ranges::find_if(*number, [](auto octet) { return octet != 0; });
  return {first, number->end()};
}

std::optional<crypto::public_key> rsa_key(const published& jwk) {
  crypto::public_key pub{crypto::key_type::rsa, {}, number_of(jwk.n), number_of(jwk.e), {}, {}};
  if (pub.n.size() < min_modulus_bytes || pub.n.size() > max_modulus_bytes) return std::nullopt;
  if (pub.e.empty() || pub.e.size() > max_exponent_bytes) return std::nullopt;
  // With the exponent 1 every padded digest is its own signature.
  const bool odd = (pub.e.back() & 1) != 0;
  if (!odd || pub.e == bytes{1}) return std::nullopt;
  return pub;
}

// Coordinates come at full width (RFC 7518 §6.2.1.2), leading zeros and all.
std::optional<crypto::public_key> ec_key(const published& jwk) {
  const auto crv = jwk.crv ? crypto::find_curve(*jwk.crv) : std::nullopt;
  if (!crv || !jwk.x || !jwk.y) return std::nullopt;
  auto x = crypto::base64url_decode(*jwk.x);
  auto y = crypto::base64url_decode(*jwk.y);
  const auto width = crypto::facts_of(*crv).coordinate_bytes;
  if (!x || !y || x->size() != width || y->size() != width) return std::nullopt;
  return crypto::public_key{crypto::key_type::ec, *crv, {}, {}, *std::move(x), *std::move(y)};
}

// nullopt: not a key that could have signed a token of ours, which is no error (RFC 7517 §5).
std::optional<issuer_key> key_of(const published& jwk) {
  if (!jwk.kty || !jwk.kid || jwk.kid->empty()) return std::nullopt;
  if (jwk.use.value_or("sig") != "sig" || !jwk.verifies) return std::nullopt;
  const std::string_view served = *jwk.kty == "RSA" ? "RS256" : "ES256";
  if (jwk.alg.value_or(served) != served) return std::nullopt;
  std::optional<crypto::public_key> pub;
  if (*jwk.kty == "RSA") pub = rsa_key(jwk);
  if (*jwk.kty == "EC") pub = ec_key(jwk);
  if (!pub) return std::nullopt;
  return issuer_key{std::string(*jwk.kid), *std::move(pub)};
}

outcome<published> read_key(reader& in, reader::value& v) {
  published jwk;
  const auto member = [&jwk](std::string_view name) -> text* {
    if (name == "kty") return &jwk.kty;
    if (name == "use") return &jwk.use;
    if (name == "alg") return &jwk.alg;
    if (name == "kid") return &jwk.kid;
    if (name == "n") return &jwk.n;
    if (name == "e") return &jwk.e;
    if (name == "crv") return &jwk.crv;
    if (name == "x") return &jwk.x;
    if (name == "y") return &jwk.y;
    return nullptr;
  };
  const auto read_operations = [&](reader::value& list) {
    jwk.verifies = false;
    return in.array(list, "key_ops", [&](reader::value& item) -> outcome<void> {
      const auto operation = in.string(item, "key_ops[]");
      if (!operation) return failure{operation.error()};
      jwk.verifies |= *operation == "verify";
      return {};
    });
  };
  auto done = in.object(v, "keys[]", [&](std::string_view name, reader::value& m) {
    if (name == "key_ops") return read_operations(m);
    auto* target = member(name);
    return target == nullptr ? in.ignore(m) : json::assign(in.string(m, name), *target);
  });
  if (!done) return failure{std::move(done).error()};
  return jwk;
}

bool same_key(const crypto::public_key& a, const crypto::public_key& b) {
  const auto numbers = [](const crypto::public_key& k) { return std::tie(k.n, k.e, k.x, k.y); };
  return a.type == b.type && a.crv == b.crv && numbers(a) == numbers(b);
}

void write_numbers(json::writer& out, const crypto::public_key& pub) {
  if (pub.type == crypto::key_type::rsa) {
    out.key("n").base64url(pub.n).key("e").base64url(pub.e);
  } else {
    out.key("crv").string(crypto::facts_of(pub.crv).name);
    out.key("x").base64url(pub.x).key("y").base64url(pub.y);
  }
}

}  // namespace

outcome<std::vector<issuer_key>> read_key_set(byte_view text) {
  std::vector<issuer_key> keys;
  bool found = false;
  reader in(text, "The key set");
  const auto read_one = [&](reader::value& item) -> outcome<void> {
    const auto jwk = read_key(in, item);
    if (!jwk) return failure{jwk.error()};
    if (keys.size() == max_keys) return failure{bad_parameter("The key set has too many keys.")};
    if (auto key = key_of(*jwk)) keys.push_back(*std::move(key));
    return {};
  };
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name != "keys") return in.ignore(v);
    found = true;
    return in.array(v, name, read_one);
  });
  if (!done) return failure{std::move(done).error()};
  if (!found) return failure{bad_parameter("The key set has no member 'keys'.")};
  return keys;
}

std::string write_key_set(const std::vector<issuer_key>& keys, std::string_view issuer_name) {
  json::writer out(512 * (keys.size() + 1));
  out.begin_object().key("keys").begin_array();
  for (const auto& key : keys) {
    out.begin_object().key("kty").string(to_string(key.pub.type)).key("use").string("sig");
    out.key("kid").string(key.key_id).key("x5t").string(key.key_id);
    out.key("alg").string(key.pub.type == crypto::key_type::rsa ? "RS256" : "ES256");
    write_numbers(out, key.pub);
    out.key("issuer").string(issuer_name).end_object();
  }
  const auto written = out.end_array().end_object().take();
  return {written.begin(), written.end()};
}

trust with_keys(const trust& t, std::size_t which, std::vector<issuer_key> keys) {
  auto out = t;
  auto& now = out.issuers.at(which).keys;
  const bool withdrawn = !std::ranges::all_of(now, [&](const issuer_key& old) {
    return std::ranges::any_of(keys, [&](const issuer_key& key) {
      return key.key_id == old.key_id && same_key(key.pub, old.pub);
    });
  });
  if (withdrawn) ++out.generation;
  now = std::move(keys);
  return out;
}

// The required members in the order of their names, without blanks (RFC 7638 §3).
std::string thumbprint(const crypto::public_key& pub) {
  json::writer out(1024);
  out.begin_object();
  if (pub.type == crypto::key_type::rsa) {
    out.key("e").base64url(pub.e).key("kty").string("RSA").key("n").base64url(pub.n);
  } else {
    out.key("crv").string(crypto::facts_of(pub.crv).name).key("kty").string("EC");
    out.key("x").base64url(pub.x).key("y").base64url(pub.y);
  }
  const auto text = out.end_object().take();
  return crypto::base64url_encode(crypto::sha256(as_bytes({text.data(), text.size()})));
}

}  // namespace twinkeep::protocol::token
