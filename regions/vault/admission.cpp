#include "regions/vault/admission.hpp"

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

}  // namespace twinkeep::regions
