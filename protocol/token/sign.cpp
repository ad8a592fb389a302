#include "crypto/digest.hpp"
#include "protocol/json/writer.hpp"
#include "protocol/token/token.hpp"

namespace twinkeep::protocol::token {

namespace {

constexpr std::size_t expected_chars = 512;

std::string encode(json::writer& out) {
  const auto text = out.end_object().take();
  return crypto::base64url_encode(as_bytes({text.data(), text.size()}));
}

}  // namespace

// The claims of an application's token, under the names of both versions (CONTRACT 2.3).
crypto::outcome<std::string> sign(const claims& c, crypto::key& signer) {
  const auto* algorithm = crypto::find_algorithm("RS256");
  json::writer header(expected_chars);
  header.begin_object().key("typ").string("JWT").key("alg").string(algorithm->name);
  header.key("kid").string(c.key_id);
  json::writer payload(expected_chars);
  payload.begin_object().key("aud").string(c.audience).key("iss").string(c.issuer);
  payload.key("iat").integer(c.issued_at).key("nbf").integer(c.not_before);
  payload.key("exp").integer(c.expires).key("tid").string(c.tenant);
  payload.key("oid").string(c.object_id).key("sub").string(c.object_id);
  payload.key("appid").string(c.application_id).key("azp").string(c.application_id);
  payload.key("idtyp").string("app");
  payload.key("ver").string(c.issuer.ends_with("/v2.0") ? "2.0" : "1.0");

  auto token = encode(header) + '.' + encode(payload);
  const auto signature = signer.sign(*algorithm, crypto::sha256(as_bytes(token)));
  if (!signature) return failure{signature.error()};
  return token + '.' + crypto::base64url_encode(*signature);
}

}  // namespace twinkeep::protocol::token
