#include <algorithm>

#include "regions/vault/decisions.hpp"

namespace twinkeep::regions {

namespace {

using protocol::key_operation;

// What a key of the type may be asked to do; "import" (a key for bringing others) stands alone.
std::optional<protocol::error> refuse_key_operations(crypto::key_type type,
                                                     const std::vector<key_operation>& asked) {
  const auto able = protocol::default_key_operations(type);
  for (const auto op : asked) {
    const bool fits = op == key_operation::import_ ? asked.size() == 1
                                                   : std::ranges::find(able, op) != able.end();
    if (!fits) return refusals::unfit_key_operation(type, to_string(op));
  }
  return std::nullopt;
}

}  // namespace

decision create_key(const question& q) {
  const auto* body = body_of<protocol::create_key>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  if (auto again = answer_again<stored_key>(q)) return {std::move(*again), {}};
  if (body->attributes.exportable.value_or(false))
    return refuse(refusals::exportable_without_policy());
  auto attributes = new_attributes(body->attributes, q.context.now);
  if (!attributes) return refuse(attributes.error());
  auto key_ops = body->key_ops.value_or(protocol::default_key_operations(body->spec.type));
  if (auto refused = refuse_key_operations(body->spec.type, key_ops)) return refuse(*refused);
  if (auto refused = refuse_reuse<stored_key>(q)) return refuse(std::move(*refused));
  // Everything that could be refused has been: a key is not made in vain.
  const auto* generated = q.context.generated;
  if (generated == nullptr) return {generate_key{body->spec}, {}};
  return add_version<stored_key>(q,
                                 {q.context.fresh_version, *attributes, std::move(key_ops),
                                  generated->pub, body->tags.value_or(protocol::tag_map{})},
                                 generated->material.view());
}

// A disabled key is readable: only its use is refused (CONTRACT 5.2).
decision get_key(const question& q) {
  const auto found = find_named<stored_key>(q);
  if (!found) return refuse_missing<stored_key>(q);
  return {answer_of(*found.object, found.version), {}};
}

decision update_key(const question& q) {
  const auto* body = body_of<protocol::update_key>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  const auto found = find_named<stored_key>(q);
  if (!found) return refuse_missing<stored_key>(q);
  if (is_repeated(q, *found.object)) return {answer_of(*found.object, found.version), {}};
  auto properties = found.version->properties;
  if (body->attributes.exportable.value_or(false)) return refuse(refusals::exportable_is_fixed());
  auto attributes = merged_attributes(properties.attributes, body->attributes, q.context.now);
  if (!attributes) return refuse(attributes.error());
  properties.attributes = *attributes;
  if (body->key_ops) {
    if (auto refused = refuse_key_operations(properties.pub.type, *body->key_ops)) {
      return refuse(*refused);
    }
    properties.key_ops = *body->key_ops;
  }
  if (body->tags) properties.tags = *body->tags;
  return change_version(q, *found.object, *found.version, std::move(properties));
}

}  // namespace twinkeep::regions
