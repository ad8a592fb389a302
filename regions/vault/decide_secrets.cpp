#include "regions/vault/decisions.hpp"

namespace twinkeep::regions {

decision set_secret(const question& q) {
  const auto* body = body_of<protocol::set_secret>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  if (auto again = answer_again<stored_secret>(q)) {
    again->with_value = true;
    return {std::move(*again), {}};
  }
  auto attributes = new_attributes(body->attributes, q.context.now);
  if (!attributes) return refuse(attributes.error());
  if (auto refused = refuse_reuse<stored_secret>(q)) return refuse(std::move(*refused));
  auto made = add_version<stored_secret>(q,
                                         {q.context.fresh_version, *attributes, body->content_type,
                                          body->tags.value_or(protocol::tag_map{})},
                                         body->value.view());
  std::get<secret_answer>(made.verdict).with_value = true;
  return made;
}

// Times do not count: secrets outside nbf and exp are readable (CONTRACT 11.4).
decision get_secret(const question& q) {
  const auto found = find_named<stored_secret>(q);
  if (!found) return refuse_missing<stored_secret>(q);
  if (!found.version->properties.attributes.enabled) {
    return refuse(protocol::object_disabled(protocol::object_kind::secret, "get"));
  }
  auto answer = answer_of(*found.object, found.version);
  answer.with_value = true;
  return {std::move(answer), {}};
}

decision update_secret(const question& q) {
  const auto* body = body_of<protocol::update_secret>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  const auto found = find_named<stored_secret>(q);
  if (!found) return refuse_missing<stored_secret>(q);
  if (is_repeated(q, *found.object)) return {answer_of(*found.object, found.version), {}};
  auto properties = found.version->properties;
  auto attributes = merged_attributes(properties.attributes, body->attributes, q.context.now);
  if (!attributes) return refuse(attributes.error());
  properties.attributes = *attributes;
  if (body->content_type) properties.content_type = body->content_type;
  if (body->tags) properties.tags = *body->tags;
  return change_version(q, *found.object, *found.version, std::move(properties));
}

}  // namespace twinkeep::regions
