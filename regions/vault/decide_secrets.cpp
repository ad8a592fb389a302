#include "regions/vault/decisions.hpp"

namespace twinkeep::regions {

namespace {

// outContentType: a certificate's PKCS#12 can be had as PEM, and nothing else as something else.
decision in_format(const question& q, secret_answer answer, std::string_view wanted) {
  const auto& properties = answer.secret->properties;
  if (properties.content_type == wanted) return {std::move(answer), {}};
  const auto* certificate = find_active<stored_certificate>(q);
  const bool possible = properties.managed && certificate != nullptr &&
                        wanted == protocol::pem_content_type &&
                        properties.content_type == protocol::pkcs12_content_type;
  if (!possible) {
    return refuse(protocol::bad_parameter("outContentType: this secret cannot be converted to " +
                                          std::string(wanted) +
                                          ". Only the PKCS#12 value of a certificate can, to " +
                                          std::string(protocol::pem_content_type) + "."));
  }
  answer.as_pem = find_version(*certificate, properties.version);
  return {std::move(answer), {}};
}

}  // namespace

std::optional<protocol::error> refuse_certificates_name(const question& q) {
  const auto& row = protocol::row_of(q.request.operation);
  if (find_active<stored_certificate>(q) != nullptr) {
    return protocol::managed_by_key_vault(row.kind, row.verb);
  }
  // A deleted one may come back, even if it never was completed and so has no deleted key and
  // secret that would hold the name.
  const auto* deleted = find_deleted<stored_certificate>(q);
  if (deleted == nullptr) return std::nullopt;
  return protocol::object_is_deleted(row.kind, deleted->name);
}

decision set_secret(const question& q) {
  const auto* body = body_of<protocol::set_secret>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  if (auto again = answer_again<stored_secret>(q)) {
    again->with_value = true;
    return {std::move(*again), {}};
  }
  if (auto refused = refuse_certificates_name(q)) return refuse(std::move(*refused));
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
  if (!found) {
    // The secret of a certificate that was never completed is there, but disabled (CONTRACT 6.4).
    const auto certificate = find_named<stored_certificate>(q);
    const bool awaited = certificate && certificate.version->properties.is_pending();
    if (awaited) return refuse(protocol::object_disabled(protocol::object_kind::secret, "get"));
    return refuse_missing<stored_secret>(q);
  }
  if (!found.version->properties.attributes.enabled) {
    return refuse(protocol::object_disabled(protocol::object_kind::secret, "get"));
  }
  auto answer = answer_of(*found.object, found.version);
  answer.with_value = true;
  const auto* format = body_of<protocol::secret_format>(q);
  if (format != nullptr && !format->content_type.empty()) {
    return in_format(q, std::move(answer), format->content_type);
  }
  return {std::move(answer), {}};
}

decision update_secret(const question& q) {
  const auto* body = body_of<protocol::update_secret>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  const auto found = find_named<stored_secret>(q);
  if (!found) return refuse_missing<stored_secret>(q);
  if (auto refused = refuse_managed(q, found.object)) return refuse(std::move(*refused));
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
