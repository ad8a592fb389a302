#include "protocol/token/token.hpp"

#include "fuzz.hpp"
#include "protocol/token/oauth.hpp"
#include "protocol/token/openid.hpp"
#include "regions/web_address.hpp"

using namespace twinkeep;
using namespace twinkeep::protocol;

namespace {

void check_token(std::string_view text) {
  const auto token = token::parse(text);
  if (!token) {
    fuzz::require(token.error().code == error_code::unauthorized);
    return;
  }
  fuzz::require(token->algorithm->name == "RS256" || token->algorithm->name == "ES256");
  fuzz::require(text.starts_with(token->signing_input) && !token->signature.empty());
  // Nobody has signed it.
  static const auto provider = crypto::make_openssl_provider();
  const std::vector<token::issuer> issuers{{"i", false, "t", {{"other", {}}}}};
  if (token->claims.key_id != "other") {
    fuzz::require(!token::verify(*token, issuers, {"a"}, 0, *provider).ok());
  }
}

// Header and payload in the clear, so that what is found is not base64url alone.
void check_parts(byte_view input) {
  const auto text = as_text(input);
  const auto cut = text.find('\n');
  if (cut == std::string_view::npos) return;
  check_token(crypto::base64url_encode(as_bytes(text.substr(0, cut))) + '.' +
              crypto::base64url_encode(as_bytes(text.substr(cut + 1))) + ".AAAA");
}

void check_key_set(byte_view input) {
  const auto keys = token::read_key_set(input);
  if (!keys) return;
  const auto text = token::write_key_set(*keys, "i");
  const auto again = token::read_key_set(as_bytes(text));
  fuzz::require(again.ok() && again->size() == keys->size());
  fuzz::require(token::write_key_set(*again, "i") == text);
}

}  // namespace

// What comes from the same places as key sets.
void check_openid(byte_view input) {
  const auto document = token::read_openid_document(input);
  if (document) fuzz::require(!document->issuer.empty() && !document->key_set_uri.empty());
  (void)regions::parse_web_address(document ? document->key_set_uri : as_text(input)).has_value();
}

// An octet that chooses what the rest is.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  byte_view input(data, size);
  switch (fuzz::choice(input) % 4) {
    case 0:
      check_token(as_text(input));
      break;
    case 1:
      check_parts(input);
      break;
    case 2:
      check_key_set(input);
      check_openid(input);
      break;
    default:
      (void)token::read_token_request(as_text(input), false).ok();
      (void)token::read_token_request(as_text(input), true).ok();
  }
  return 0;
}
