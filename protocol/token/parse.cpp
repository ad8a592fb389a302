#include <algorithm>
#include <array>
#include <cmath>

#include "protocol/join.hpp"
#include "protocol/json/reader.hpp"
#include "protocol/token/refusals.hpp"
#include "protocol/token/token.hpp"

// Taking a JWS in compact form apart (RFC 7515 §3.1). Nothing here is believed yet.
namespace twinkeep::protocol::token {

namespace {

using json::reader;

// RS256 is what Azure's issuer signs with, ES256 what others like. No "none", no HMAC: a key set
// holds public keys only (RFC 8725 §3.1, §3.2).
constexpr std::array<std::string_view, 2> accepted_algorithms{"RS256", "ES256"};

failure<error> undecodable(std::string_view why) {
  return refuse(join({"AKV10001: The token is not a valid JSON Web Token: ", why}));
}

struct parts {
  std::string_view header, payload, signature;
};

std::optional<parts> split(std::string_view text) {
  const auto first = text.find('.');
  const auto last = text.rfind('.');
  if (first == last || text.find('.', first + 1) != last) return std::nullopt;
  return parts{text.substr(0, first), text.substr(first + 1, last - first - 1),
               text.substr(last + 1)};
}

// RFC 7515 §2 knows no padding, which the service's own base64url accepts elsewhere.
std::optional<bytes> decode(std::string_view part) {
  if (part.empty() || part.find('=') != std::string_view::npos) return std::nullopt;
  return crypto::base64url_decode(part);
}

// Two values of one name could mean two things to two readers (RFC 7519 §4).
failure<error> twice(std::string_view name) {
  return failure{bad_parameter(join({"Member '", name, "' comes twice."}))};
}

using text_claim = std::optional<std::string>;
using date_claim = std::optional<unix_seconds>;

outcome<void> read_text(reader& in, reader::value& v, std::string_view name, text_claim& out) {
  if (out) return twice(name);
  auto text = in.string(v, name);
  if (!text) return failure{std::move(text).error()};
  out = std::string(*text);
  return {};
}

// NumericDate (RFC 7519 §2): seconds, fractions allowed.
outcome<void> read_date(reader& in, reader::value& v, std::string_view name, date_claim& out) {
  if (out) return twice(name);
  const auto number = in.number(v, name);
  if (!number) return failure{number.error()};
  constexpr double exact = 9007199254740992.0;  // 2^53
  if (!(std::abs(*number) <= exact)) {
    return failure{bad_parameter(join({"Member '", name, "' is no date."}))};
  }
  out = static_cast<unix_seconds>(std::floor(*number));
  return {};
}

// A string, or an array of one (RFC 7519 §4.1.3). A token for several services at once is refused:
// each of them could use it against the others.
outcome<void> read_audience(reader& in, reader::value& v, text_claim& out) {
  simdjson::ondemand::json_type type{};
  if (v.type().get(type) || type != simdjson::ondemand::json_type::array) {
    return read_text(in, v, "aud", out);
  }
  return in.array(v, "aud", [&](reader::value& item) { return read_text(in, item, "aud", out); });
}

struct header {
  text_claim algorithm, key_id;
  bool critical = false;
};

outcome<header> read_header(byte_view text) {
  header out;
  reader in(text, "The header");
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "alg") return read_text(in, v, name, out.algorithm);
    if (name == "kid") return read_text(in, v, name, out.key_id);
    out.critical |= name == "crit";
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  return out;
}

outcome<claims> read_claims(byte_view text) {
  text_claim iss, aud, tid, oid, appid, azp;
  date_claim nbf, exp, iat;
  reader in(text, "The payload");
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "aud") return read_audience(in, v, aud);
    if (name == "iss") return read_text(in, v, name, iss);
    if (name == "tid") return read_text(in, v, name, tid);
    if (name == "oid") return read_text(in, v, name, oid);
    if (name == "appid") return read_text(in, v, name, appid);
    if (name == "azp") return read_text(in, v, name, azp);
    if (name == "nbf") return read_date(in, v, name, nbf);
    if (name == "exp") return read_date(in, v, name, exp);
    if (name == "iat") return read_date(in, v, name, iat);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  if (!exp) return failure{bad_parameter("Member 'exp' is required.")};
  claims out;
  out.issuer = std::move(iss).value_or("");
  out.audience = std::move(aud).value_or("");
  out.tenant = std::move(tid).value_or("");
  out.object_id = std::move(oid).value_or("");
  // v1 tokens have appid, v2 tokens azp (CONTRACT 2.3).
  out.application_id = appid ? *std::move(appid) : std::move(azp).value_or("");
  out.not_before = nbf.value_or(0);
  out.expires = *exp;
  out.issued_at = iat.value_or(0);
  return out;
}

}  // namespace

outcome<unverified_token> parse(std::string_view text) {
  if (text.size() > max_token_chars) return undecodable("it is too long.");
  const auto parts = split(text);
  if (!parts) return undecodable("it must have three parts.");
  const auto header_text = decode(parts->header);
  const auto payload = decode(parts->payload);
  auto signature = decode(parts->signature);
  // The header first: a token without signature is told that its algorithm is not accepted.
  if (!header_text) return undecodable("its header is not base64url.");
  auto header = read_header(*header_text);
  if (!header) return undecodable(header.error().message);
  if (header->critical) return undecodable("it has critical extensions.");
  const std::string_view algorithm = header->algorithm ? *header->algorithm : std::string_view{};
  if (std::ranges::find(accepted_algorithms, algorithm) == accepted_algorithms.end()) {
    return undecodable("its algorithm is not accepted. Accepted are RS256 and ES256.");
  }
  if (!payload || !signature) return undecodable("its payload or signature is not base64url.");
  auto claims = read_claims(*payload);
  if (!claims) return undecodable(claims.error().message);

  unverified_token token;
  token.algorithm = crypto::find_algorithm(algorithm);
  token.encoded_header = std::string(parts->header);
  token.claims = *std::move(claims);
  token.claims.key_id = std::move(header->key_id).value_or("");
  token.signing_input = std::string(text.substr(0, text.rfind('.')));
  token.signature = *std::move(signature);
  return token;
}

}  // namespace twinkeep::protocol::token
