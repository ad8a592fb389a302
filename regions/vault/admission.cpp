#include "regions/vault/admission.hpp"

#include <algorithm>

#include "protocol/identifiers.hpp"
#include "protocol/messages.hpp"
#include "regions/vault/refusals.hpp"

namespace twinkeep::regions {

std::optional<protocol::error> refuse_for_mode(const protocol::operation& op, vault_mode mode,
                                               const admission_facts& facts) {
  switch (mode) {
    case vault_mode::read_write:
      return std::nullopt;
    case vault_mode::read_only:
      if (op.allowed_in_read_only) return std::nullopt;
      return protocol::vault_read_only(op.verb, facts.vault, facts.home_region,
                                       facts.serving_region, facts.retry_after_s);
    case vault_mode::unavailable:
      break;
  }
  return refusals::unavailable(facts);
}

std::optional<protocol::error> refuse_for_rights(const protocol::operation& op,
                                                 const protocol::token::claims& caller,
                                                 const access_rules& rules,
                                                 const admission_facts& facts) {
  // Ids are GUIDs, which compare without case. One that a token lacks never matches.
  const auto is = [](std::string_view owner, std::string_view id) {
    return !id.empty() && protocol::lower(owner) == protocol::lower(id);
  };
  const bool owns = std::ranges::any_of(rules.owners, [&](const std::string& owner) {
    return is(owner, caller.object_id) || is(owner, caller.application_id);
  });
  if (owns) return std::nullopt;
  return protocol::forbidden_by_policy(op, {caller.application_id, caller.object_id, caller.issuer},
                                       facts.vault, facts.home_region);
}

}  // namespace twinkeep::regions
