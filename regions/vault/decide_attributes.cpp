#include "regions/vault/decisions.hpp"

namespace twinkeep::regions {

namespace {

protocol::outcome<protocol::attributes> checked(const protocol::attributes& a) {
  if (a.not_before && a.expires && *a.expires <= *a.not_before) {
    return failure{refusals::expires_too_early()};
  }
  return a;
}

protocol::attributes with(protocol::attributes a, const protocol::attributes_input& input) {
  a.enabled = input.enabled.value_or(a.enabled);
  if (input.not_before) a.not_before = input.not_before;
  if (input.expires) a.expires = input.expires;
  return a;
}

}  // namespace

protocol::outcome<protocol::attributes> new_attributes(const protocol::attributes_input& input,
                                                       protocol::unix_seconds now) {
  auto a = with({}, input);
  a.created = a.updated = now;
  return checked(a);
}

protocol::outcome<protocol::attributes> merged_attributes(protocol::attributes former,
                                                          const protocol::attributes_input& input,
                                                          protocol::unix_seconds now) {
  auto a = with(former, input);
  a.updated = now;
  return checked(a);
}

}  // namespace twinkeep::regions
