#include <algorithm>

#include "regions/vault/decisions.hpp"

// Rotation of keys and what this service has little to say to (CONTRACT 5.2, 5.6).
namespace twinkeep::regions {

namespace {

using protocol::rotation_action;
using protocol::rotation_policy;

crypto::key_spec spec_of(const crypto::public_key& pub) {
  crypto::key_spec spec;
  spec.type = pub.type;
  if (pub.type == crypto::key_type::rsa) spec.modulus_bits = 8 * pub.modulus_bytes();
  spec.crv = pub.crv;
  if (pub.type == crypto::key_type::oct) spec.octet_bits = pub.octet_bits;
  return spec;
}

// Recorded: a policy always has a notice.
void add_notice(std::vector<protocol::rotation_rule>& actions) {
  const bool has = std::ranges::any_of(
      actions, [](const auto& rule) { return rule.action == rotation_action::notify; });
  if (has) return;
  protocol::rotation_rule notice;
  notice.before_expiry = protocol::calendar_period{0, 0, 30};
  notice.action = rotation_action::notify;
  actions.push_back(notice);
}

}  // namespace

// The same kind of key again, under the same terms; it expires when its policy says so.
decision rotate_key(const question& q) {
  if (auto again = answer_again<stored_key>(q)) return {std::move(*again), {}};
  const auto* o = find_active<stored_key>(q);
  if (o == nullptr) return refuse_missing<stored_key>(q);
  if (auto refused = refuse_managed(q, o)) return refuse(std::move(*refused));
  const auto& former = o->current()->properties;
  // A key stays where it is, also if its vault's sku would not let it be made any more.
  if (q.context.done == nullptr) {
    return {vault_work{generate_key{spec_of(former.pub), label_of_new_key(q, former.hsm)}}, {}};
  }
  const auto* made = made_with_key<crypto::generated_key>(q, former.hsm);
  if (made == nullptr) return refuse(refusals::wrong_shape());
  auto next = former;
  next.version = q.context.fresh_version;
  next.pub = made->pub;
  next.attributes = {};
  next.attributes.created = next.attributes.updated = q.context.now;
  if (o->policy != nullptr && o->policy->expiry_time) {
    next.attributes.expires = protocol::plus(q.context.now, *o->policy->expiry_time);
  }
  return add_version<stored_key>(q, std::move(next), made->material.view());
}

decision get_rotation_policy(const question& q) {
  const auto* o = find_active<stored_key>(q);
  if (o == nullptr) return refuse_missing<stored_key>(q);
  return {rotation_policy_answer{o->name, o->policy}, {}};
}

decision set_rotation_policy(const question& q) {
  const auto* body = body_of<protocol::set_rotation_policy>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  const auto* o = find_active<stored_key>(q);
  if (o == nullptr) return refuse_missing<stored_key>(q);
  if (auto refused = refuse_managed(q, o)) return refuse(std::move(*refused));
  if (is_repeated(q, *o)) return {rotation_policy_answer{o->name, o->policy}, {}};
  rotation_policy policy;
  policy.actions = body->actions;
  add_notice(policy.actions);
  policy.expiry_time = body->expiry_time;
  policy.created = o->policy != nullptr ? o->policy->created : q.context.now;
  policy.updated = q.context.now;
  auto next = *o;
  next.policy = std::make_shared<const rotation_policy>(std::move(policy));
  next.last_request = q.context.request_id;
  return {rotation_policy_answer{next.name, next.policy}, {head_of(q, next)}};
}

// Nothing here can tell whether a caller's environment may have a key, so none is given.
decision release_key(const question& q) {
  const auto found = find_named<stored_key>(q);
  if (!found) return refuse_missing<stored_key>(q);
  const auto& key = found.version->properties;
  if (!key.attributes.enabled) {
    return refuse(protocol::object_disabled(protocol::object_kind::key, "release"));
  }
  if (!key.exportable) return refuse(refusals::not_exportable());
  return refuse(refusals::release_denied());
}

decision get_attestation(const question& q) {
  const auto found = find_named<stored_key>(q);
  if (!found) return refuse_missing<stored_key>(q);
  return refuse(refusals::no_attestation(found.version->properties.hsm));
}

decision random_octets(const question& q) {
  const auto* body = body_of<protocol::random_bytes>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  return {random_answer{body->count}, {}};
}

}  // namespace twinkeep::regions
