#include <algorithm>
#include <iterator>

#include "crypto/digest.hpp"
#include "protocol/ascii.hpp"
#include "protocol/http/target.hpp"
#include "protocol/join.hpp"
#include "protocol/token/parts.hpp"
#include "protocol/token/refusals.hpp"
#include "protocol/token/trust.hpp"

namespace twinkeep::protocol::token {

namespace {

std::string_view without_slash(std::string_view text) {
  if (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

template <class Range, class Text>
std::string list_of(Range&& range, Text text) {
  std::string out;
  for (const auto& item : std::forward<Range>(range)) {
    if (!out.empty()) out += ", ";
    out += text(item);
  }
  return out;
}

// ---- signature ----

failure<error> unknown_key(const unverified_token& token) {
  constexpr std::size_t shown = 1024;
  return refuse(
      join({"AKV10046: Unable to resolve the key used for signature validation. ",
            "EncodedJwtHeader: '", std::string_view(token.encoded_header).substr(0, shown), "'."}));
}

// A key of another type than the algorithm's does not verify: no confusion of the two.
bool signed_by(const issuer_key& key, const unverified_token& token,
               crypto::key_provider& provider) {
  if (!crypto::check_fit(key.pub, *token.algorithm)) return false;
  auto loaded = provider.load_public(key.pub);
  if (!loaded) return false;
  const auto digest = crypto::sha256(as_bytes(token.signing_input));
  const auto valid = (*loaded)->verify(*token.algorithm, digest, token.signature);
  return valid.ok() && *valid;
}

// ---- claims ----

// https://<any host>/<tenant>/v2.0: the built-in issuer goes by the name that it was asked under.
bool is_built_in_name(std::string_view name, std::string_view tenant) {
  constexpr std::string_view scheme = "https://";
  const auto tail = join({"/", tenant, "/v2.0"});
  if (!name.starts_with(scheme) || !name.ends_with(tail)) return false;
  if (name.size() < scheme.size() + tail.size()) return false;
  name.remove_prefix(scheme.size());
  name.remove_suffix(tail.size());
  return http::parse_authority(name).has_value();
}

bool is_from(const issuer& i, const claims& c) {
  if (!same_tenant(i.tenant, c.tenant)) return false;
  return i.built_in ? is_built_in_name(c.issuer, i.tenant) : c.issuer == i.name;
}

failure<error> wrong_issuer(const std::vector<issuer>& expected, const claims& c) {
  const auto names = list_of(expected, [](const issuer& i) {
    return i.built_in && i.name.empty() ? join({"https://<host>/", i.tenant, "/v2.0"}) : i.name;
  });
  return refuse(join({"AKV10032: Invalid issuer. Expected one of ", names, ", found ", c.issuer,
                      " of tenant ", c.tenant, "."}));
}

failure<error> invalid_time(std::string_view reason, std::string_view number) {
  return refuse(join({"[", reason, "] Error validating token: '", number, "'."}));
}

outcome<void> check_time(const claims& c, unix_seconds now) {
  if (c.expires <= now - clock_leeway_s) return invalid_time("TokenExpired", "S2S12086");
  if (c.not_before > now + clock_leeway_s || c.issued_at > now + clock_leeway_s) {
    return invalid_time("TokenNotYetValid", "S2S12087");
  }
  return {};
}

}  // namespace

outcome<std::vector<const issuer*>> signers_of(const unverified_token& token,
                                               const std::vector<issuer>& issuers,
                                               crypto::key_provider& provider) {
  std::vector<const issuer*> signers;
  bool known = false;
  for (const auto& candidate : issuers) {
    for (const auto& key : candidate.keys) {
      if (token.claims.key_id.empty() || key.key_id != token.claims.key_id) continue;
      known = true;
      if (signed_by(key, token, provider)) signers.push_back(&candidate);
    }
  }
  if (!known) return unknown_key(token);
  if (signers.empty()) return refuse("AKV10015: The signature of the token is not valid.");
  return signers;
}

std::optional<std::size_t> issuer_lacking_key(const std::vector<issuer>& issuers,
                                              const unverified_token& token) {
  const auto& c = token.claims;
  for (std::size_t i = 0; i < issuers.size(); ++i) {
    const auto& candidate = issuers[i];
    if (c.key_id.empty() || candidate.built_in || !is_from(candidate, c)) continue;
    const bool has_it = std::ranges::any_of(
        candidate.keys, [&](const issuer_key& key) { return key.key_id == c.key_id; });
    if (!has_it) return i;
  }
  return std::nullopt;
}

bool same_tenant(std::string_view a, std::string_view b) {
  // Mostly they are the very same text, which is told at once.
  return !a.empty() && (a == b || ascii::equal_ignoring_case(a, b));
}

error wrong_tenant(const std::vector<issuer>& issuers, std::string_view tenant,
                   const claims& caller) {
  const auto of_tenant = [&](const issuer& i) { return same_tenant(i.tenant, tenant); };
  std::vector<issuer> known;
  std::ranges::copy_if(issuers, std::back_inserter(known), of_tenant);
  return wrong_issuer(known, caller).value;
}

outcome<claims> verify(const unverified_token& token, const std::vector<issuer>& issuers,
                       const std::vector<std::string>& audiences, unix_seconds now,
                       crypto::key_provider& provider) {
  const auto& c = token.claims;
  const auto signers = signers_of(token, issuers, provider);
  if (!signers) return failure{signers.error()};
  const auto says_so = [&](const issuer* i) { return is_from(*i, c); };
  if (std::ranges::none_of(*signers, says_so)) return wrong_issuer(issuers, c);
  const auto accepted = [&](const std::string& audience) {
    return !c.audience.empty() && without_slash(audience) == without_slash(c.audience);
  };
  if (std::ranges::none_of(audiences, accepted)) {
    return refuse(join({"AKV10022: Invalid audience. Expected ",
                        list_of(audiences, [](const std::string& a) { return a; }),
                        ", found: ", c.audience, "."}));
  }
  if (auto valid = check_time(c, now); !valid) return failure{std::move(valid).error()};
  return c;
}

}  // namespace twinkeep::protocol::token
