#include <algorithm>
#include <array>

#include "protocol/token/parts.hpp"
#include "protocol/token/refusals.hpp"

// Taking a JWS in compact form apart (RFC 7515 §3.1). Nothing here is believed yet.
namespace twinkeep::protocol::token {

namespace {

using json::reader;

// RS256 is what Azure's issuer signs with, ES256 what others like. No "none", no HMAC: a key set
// holds public keys only (RFC 8725 §3.1, §3.2).
constexpr std::array<std::string_view, 2> accepted_algorithms{"RS256", "ES256"};

// Keys that a token brings along, or says where to find (RFC 7515 §4.1.2, §4.1.3, §4.1.5): whoever
// made the token chose them. Nothing is ever fetched for a token's sake from where it says.
constexpr std::array<std::string_view, 3> own_keys{"jku", "jwk", "x5u"};

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

struct header {
  std::optional<std::string> algorithm, key_id;
  bool critical = false;
  bool brings_key = false;
};

outcome<header> read_header(byte_view text) {
  header out;
  reader in(text, "The header");
  const auto read_text = [&in](reader::value& v, std::string_view name,
                               std::optional<std::string>& target) {
    return json::assign(in.string(v, name), target);
  };
  auto done = read_distinct(in, [&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "alg") return read_text(v, name, out.algorithm);
    if (name == "kid") return read_text(v, name, out.key_id);
    out.critical |= name == "crit";
    out.brings_key |= std::ranges::find(own_keys, name) != own_keys.end();
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  return out;
}

}  // namespace

outcome<jws> read_jws(std::string_view text) {
  if (text.size() > max_token_chars) return undecodable("it is too long.");
  const auto parts = split(text);
  if (!parts) return undecodable("it must have three parts.");
  const auto header_text = decode(parts->header);
  // A JWS may be empty; what claims are is for their reader.
  auto payload = parts->payload.empty() ? std::optional<bytes>(bytes{}) : decode(parts->payload);
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
  if (header->brings_key) return undecodable("it brings its own key (jku, jwk or x5u).");
  if (!payload || !signature) return undecodable("its payload or signature is not base64url.");

  jws out;
  out.token.algorithm = crypto::find_algorithm(algorithm);
  out.token.encoded_header = std::string(parts->header);
  out.token.claims.key_id = std::move(header->key_id).value_or("");
  out.token.signing_input = std::string(text.substr(0, text.rfind('.')));
  out.token.signature = *std::move(signature);
  out.payload = *std::move(payload);
  return out;
}

outcome<unverified_token> parse(std::string_view text) {
  auto read = read_jws(text);
  if (!read) return failure{std::move(read).error()};
  auto claims = read_claims(read->payload);
  if (!claims) return undecodable(claims.error().message);
  auto token = std::move(read->token);
  claims->key_id = std::move(token.claims.key_id);
  token.claims = *std::move(claims);
  return token;
}

}  // namespace twinkeep::protocol::token
