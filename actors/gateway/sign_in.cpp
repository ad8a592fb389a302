#include "actors/gateway/sign_in.hpp"

#include <algorithm>

#include "protocol/token/trust.hpp"

namespace twinkeep::actors {

namespace {

// An issuer's name without what stands behind the host; empty: it is no https URL.
std::string authority_of(const protocol::token::issuer& i) {
  constexpr std::string_view scheme = "https://";
  if (i.built_in || !i.name.starts_with(scheme)) return {};
  const auto authority = i.name.substr(0, i.name.find('/', scheme.size()));
  // The name in Azure's v1 tokens is not a host that answers.
  return authority == "https://sts.windows.net" ? "https://login.microsoftonline.com" : authority;
}

}  // namespace

sign_in::sign_in(const std::vector<protocol::token::issuer>& issuers) {
  for (const auto& i : issuers) places_.push_back({i.tenant, authority_of(i)});
}

// A tenant without an issuer has no good answer; the first issuer's is the one that used to be.
std::string_view sign_in::authority(std::string_view tenant, std::string_view origin) const {
  const auto of_tenant = std::ranges::find_if(
      places_, [&](const place& p) { return protocol::token::same_tenant(p.tenant, tenant); });
  const auto& chosen = of_tenant == places_.end() && !places_.empty() ? places_.begin() : of_tenant;
  return chosen == places_.end() || chosen->authority.empty() ? origin : chosen->authority;
}

}  // namespace twinkeep::actors
