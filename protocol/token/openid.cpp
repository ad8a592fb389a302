#include "protocol/token/openid.hpp"

#include "protocol/token/refusals.hpp"

namespace twinkeep::protocol::token {

using json::reader;

outcome<openid_document> read_openid_document(byte_view text) {
  openid_document out;
  reader in(text, "The OpenID configuration");
  auto done = read_distinct(in, [&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "issuer") return json::assign(in.string(v, name), out.issuer);
    if (name == "jwks_uri") return json::assign(in.string(v, name), out.key_set_uri);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  if (out.issuer.empty() || out.key_set_uri.empty()) {
    return failure{bad_parameter("The OpenID configuration lacks 'issuer' or 'jwks_uri'.")};
  }
  return out;
}

bool is_of_issuer(const openid_document& document, std::string_view name, std::string_view tenant) {
  constexpr std::string_view any = "{tenantid}";
  auto issuer = document.issuer;
  if (const auto at = issuer.find(any); at != std::string::npos) {
    issuer.replace(at, any.size(), tenant);
  }
  return issuer == name;
}

}  // namespace twinkeep::protocol::token
