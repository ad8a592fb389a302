#include "actors/gateway/admittance.hpp"

namespace twinkeep::actors {

void admittance::meet(claims_ptr caller, regions::access_rules_ptr rules) {
  caller_ = std::move(caller);
  rules_ = std::move(rules);
  let_in_ = false;
  granted_.fill(nullptr);
  by_ = nullptr;
}

std::optional<protocol::error> admittance::refuse_for_network(
    const regions::arrival& from, const regions::admission_facts& facts) {
  if (let_in_) return std::nullopt;
  auto refused = regions::refuse_for_network(from, rules_->network(), *caller_, facts);
  let_in_ = !refused;
  return refused;
}

std::optional<protocol::error> admittance::refuse_for_rights(
    const protocol::http::route& route, const regions::admission_facts& facts) {
  auto& known = granted_[std::size_t(route.op->id)];
  if (known != nullptr) {
    by_ = known;
    return std::nullopt;
  }
  const auto given = regions::permit(*route.op, route.name, *caller_, *rules_, facts);
  if (!given) return given.error();
  by_ = *given;
  if (by_->whole_vault) known = by_;
  return std::nullopt;
}

}  // namespace twinkeep::actors
