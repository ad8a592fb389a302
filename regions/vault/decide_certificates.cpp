#include "regions/vault/certificate_decisions.hpp"
#include "regions/vault/certificate_policy.hpp"

namespace twinkeep::regions {

namespace {

using protocol::certificate_policy;
using policy_ptr = std::shared_ptr<const certificate_policy>;

bool same_size(const certificate_policy& policy, const crypto::public_key& pub) {
  if (policy.key.type != pub.type) return false;
  return pub.type == crypto::key_type::rsa ? policy.key.modulus_bits == 8 * pub.modulus_bytes()
                                           : policy.key.crv == pub.crv;
}

// The key of the current version, if the policy wants it again and it still is what it wants.
std::shared_ptr<const stored_certificate> key_to_reuse(const question& q,
                                                       const certificate_policy& policy) {
  const auto* o = find_active<stored_certificate>(q);
  if (o == nullptr || !policy.reuse_key || o->current()->properties.is_pending()) return nullptr;
  const auto& current = o->current()->properties;
  return same_size(policy, current.pub) && policy.hsm == current.hsm ? o->current() : nullptr;
}

struct asked_certificate {
  policy_ptr policy;
  protocol::attributes_input attributes;
  protocol::tag_map tags;
  bool preserve_order = false;
};

// Said in the request, or for a renewal what there is.
protocol::outcome<asked_certificate> asked_for(const question& q) {
  const auto* o = find_active<stored_certificate>(q);
  if (body_of<protocol::renew_certificate>(q) != nullptr) {
    if (o == nullptr || o->policy == nullptr) {
      return failure{
          protocol::object_not_found(protocol::object_kind::certificate, q.request.name, {})};
    }
    const auto& current = o->current()->properties;
    asked_certificate again{o->policy, {}, current.tags, current.preserve_order};
    again.attributes.enabled = current.attributes.enabled;
    return again;
  }
  const auto* body = body_of<protocol::create_certificate>(q);
  if (body == nullptr) return failure{refusals::wrong_shape()};
  const bool nothing_said = !body->policy.subject && !body->policy.names && !body->policy.issuer;
  auto policy = nothing_said && o != nullptr && o->policy != nullptr
                    ? changed_policy(q.vault, *o->policy, body->policy, q.context.now)
                    : new_policy(q.vault, body->policy, q.context.now);
  if (!policy) return failure{std::move(policy).error()};
  return asked_certificate{std::make_shared<const certificate_policy>(std::move(*policy)),
                           body->attributes, body->tags.value_or(protocol::tag_map{}),
                           body->preserve_order};
}

std::string details_of(const certificate_policy& policy) {
  if (policy.issuer == protocol::issuer_unknown) {
    return "Pending certificate created. Please Perform Merge to complete the request.";
  }
  return "Pending certificate created. Certificate request is in progress. This may take some time "
         "based on the issuer provider. Please check again later.";
}

protocol::pending_operation operation_for(const question& q, const asked_certificate& asked,
                                          const requested_certificate& made) {
  protocol::pending_operation operation;
  operation.name = q.request.name;
  if (const auto* o = find_active<stored_certificate>(q)) operation.name = o->name;
  operation.request_id = plain_request_id(q);
  operation.version = q.context.fresh_version;
  operation.issuer = asked.policy->issuer;
  operation.certificate_type = asked.policy->certificate_type;
  operation.csr = made.csr;
  operation.status_details = details_of(*asked.policy);
  operation.created = q.context.now;
  operation.policy = *asked.policy;
  operation.attributes = asked.attributes;
  operation.tags = asked.tags;
  operation.preserve_order = asked.preserve_order;
  return operation;
}

// The first version stands as soon as it is asked for, disabled and without a certificate
// (CONTRACT 6.4).
protocol::certificate_properties first_version(const question& q, const asked_certificate& asked) {
  protocol::certificate_properties first;
  first.version = q.context.fresh_version;
  first.attributes.enabled = false;
  first.attributes.not_before = q.context.now - begins_before;
  first.attributes.expires =
      protocol::plus(*first.attributes.not_before, {0, asked.policy->validity_months, 0});
  first.attributes.created = first.attributes.updated = q.context.now;
  first.tags = asked.tags;
  first.content_type = asked.policy->content_type;
  first.exportable = asked.policy->exportable;
  first.hsm = asked.policy->hsm;
  first.preserve_order = asked.preserve_order;
  return first;
}

}  // namespace

const stored_pending* find_pending(const question& q) {
  const auto it = q.vault.pending.find(q.lower_name);
  return it == q.vault.pending.end() ? nullptr : it->second.get();
}

std::optional<protocol::error> refuse_name(const question& q) {
  if (auto refused = refuse_reuse<stored_certificate>(q)) return refused;
  if (find_active<stored_certificate>(q) != nullptr) return std::nullopt;
  if (auto refused = refuse_reuse<stored_key>(q)) return refused;
  if (auto refused = refuse_reuse<stored_secret>(q)) return refused;
  if (find_active<stored_key>(q) != nullptr) {
    return protocol::name_in_use(protocol::object_kind::key, q.request.name);
  }
  if (find_active<stored_secret>(q) != nullptr) {
    return protocol::name_in_use(protocol::object_kind::secret, q.request.name);
  }
  return std::nullopt;
}

plain_record pending_record(const question& q, const protocol::pending_operation& operation,
                            record_part key) {
  return {std::string(pending_prefix) + q.lower_name, false,
          protocol::json::store_pending(operation), std::move(key)};
}

plain_record pending_gone(const question& q) {
  return {std::string(pending_prefix) + q.lower_name, true, {}};
}

protocol::certificate_properties properties_of(const completed_certificate& made,
                                               std::string version) {
  protocol::certificate_properties p;
  p.version = std::move(version);
  p.attributes.not_before = made.info.valid.not_before;
  p.attributes.expires = made.info.valid.not_after;
  p.chain = made.chain;
  p.content_type = made.content_type;
  p.usages = made.info.content.usages;
  p.pub = made.info.pub;
  p.thumbprint = made.info.thumbprint;
  p.subject = made.info.subject;
  return p;
}

decision put_certificate(const question& q, protocol::certificate_properties made,
                         const completed_certificate* values, policy_ptr policy) {
  const auto* former = find_active<stored_certificate>(q);
  object<stored_certificate> next;
  next.name = q.request.name;
  if (former != nullptr) next = *former;
  decision put;
  if (!next.versions.empty() && next.current()->properties.is_pending()) {
    const auto& never_completed = next.current();
    if (never_completed->properties.version != made.version) {
      put.records.push_back({never_completed->record_key, true, {}});
    }
    next.versions.pop_back();
  }
  next.policy = std::move(policy);
  next.last_request = q.context.request_id;
  auto record_key = version_record(protocol::object_kind::certificate, q.lower_name, made.version);
  next.versions.push_back(std::make_shared<const stored_certificate>(
      stored_certificate{std::move(made), {}, std::move(record_key), {}}));
  auto record = version_of(*next.current(), {});
  if (values != nullptr) {
    record.has_second = true;
    record.value = values->material.view();
    record.second = values->secret_value.view();
  }
  put.records.push_back(std::move(record));
  put.records.push_back(head_of(q, next));
  put.verdict = answer_of(next, next.current());
  return put;
}

decision create_certificate(const question& q) {
  const auto* pending = find_pending(q);
  const bool repeated = pending != nullptr && !q.context.request_id.empty() &&
                        pending->operation.request_id == plain_request_id(q);
  if (repeated) {
    return {pending_answer{pending->operation, true}, {}};
  }
  if (auto refused = refuse_name(q)) return refuse(std::move(*refused));
  if (pending != nullptr && pending->operation.status == protocol::pending_status::in_progress) {
    return refuse(protocol::pending_in_progress(pending->operation.name));
  }
  const auto asked = asked_for(q);
  if (!asked) return refuse(asked.error());
  if (q.context.done == nullptr) {
    const auto& policy = *asked->policy;
    return {vault_work{request_certificate{policy.key, key_to_reuse(q, policy), policy.x509,
                                           label_of_new_key(q, policy.hsm)}},
            {}};
  }
  const auto* made = made_with_key<requested_certificate>(q, asked->policy->hsm);
  if (made == nullptr) return refuse(refusals::wrong_shape());
  const auto operation = operation_for(q, *asked, *made);
  const auto* o = find_active<stored_certificate>(q);
  decision created;
  if (o == nullptr || o->current()->properties.is_pending()) {
    created = put_certificate(q, first_version(q, *asked), nullptr, asked->policy);
  } else {
    auto next = *o;
    next.policy = asked->policy;
    next.last_request = q.context.request_id;
    created.records.push_back(head_of(q, next));
  }
  created.records.push_back(pending_record(q, operation, made->material.view()));
  created.verdict = pending_answer{operation, true};
  return created;
}

decision import_certificate(const question& q) {
  const auto* body = body_of<protocol::import_certificate>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  if (auto again = answer_again<stored_certificate>(q)) return {std::move(*again), {}};
  if (auto refused = refuse_name(q)) return refuse(std::move(*refused));
  const auto* pending = find_pending(q);
  if (pending != nullptr && pending->operation.status == protocol::pending_status::in_progress) {
    return refuse(protocol::pending_in_progress(pending->operation.name));
  }
  const bool hsm = body->policy && body->policy->kind && body->policy->kind->hsm;
  if (hsm) {
    if (auto refused = refuse_hsm(q.vault, *body->policy, hsm)) return refuse(std::move(*refused));
  }
  if (q.context.done == nullptr) {
    return {vault_work{import_certificate_bundle{label_of_new_key(q, hsm)}}, {}};
  }
  const auto* made = made_with_key<completed_certificate>(q, hsm);
  if (made == nullptr) return refuse(refusals::wrong_shape());
  auto policy = policy_of_import(q.vault, *made, body->policy, q.context.now);
  if (!policy) return refuse(std::move(policy).error());
  auto properties = properties_of(*made, q.context.fresh_version);
  properties.exportable = policy->exportable;
  properties.hsm = policy->hsm;
  properties.attributes.enabled = body->attributes.enabled.value_or(true);
  properties.attributes.created = properties.attributes.updated = q.context.now;
  properties.tags = body->tags.value_or(protocol::tag_map{});
  properties.preserve_order = body->preserve_order;
  auto put = put_certificate(q, std::move(properties), made,
                             std::make_shared<const certificate_policy>(std::move(*policy)));
  if (pending != nullptr) put.records.push_back(pending_gone(q));
  return put;
}

decision get_certificate(const question& q) {
  const auto found = find_named<stored_certificate>(q);
  if (!found) return refuse_missing<stored_certificate>(q);
  auto answer = answer_of(*found.object, found.version);
  answer.has_pending = find_pending(q) != nullptr;
  return {std::move(answer), {}};
}

// nbf and exp are the certificate's and cannot be set; of the attributes only `enabled` counts.
decision update_certificate(const question& q) {
  const auto* body = body_of<protocol::update_certificate>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  const auto found = find_named<stored_certificate>(q);
  if (!found) return refuse_missing<stored_certificate>(q);
  if (is_repeated(q, *found.object)) return {answer_of(*found.object, found.version), {}};
  auto policy = changed_policy(q.vault, *found.object->policy, body->policy, q.context.now);
  if (!policy) return refuse(std::move(policy).error());
  auto properties = found.version->properties;
  if (!properties.is_pending()) {
    properties.attributes.enabled =
        body->attributes.enabled.value_or(properties.attributes.enabled);
  }
  properties.attributes.updated = q.context.now;
  if (body->tags) properties.tags = *body->tags;

  auto next = *found.object;
  next.last_request = q.context.request_id;
  next.policy = std::make_shared<const certificate_policy>(std::move(*policy));
  auto changed = std::make_shared<const stored_certificate>(
      stored_certificate{std::move(properties), found.version->value, found.version->record_key,
                         found.version->secret_value});
  auto record = version_of(*changed, changed->value);
  record.has_second = !changed->properties.is_pending();
  record.second = changed->secret_value;
  if (!record.has_second) record.value = {};
  auto answer = answer_of(next, std::move(changed));
  answer.has_pending = find_pending(q) != nullptr;
  return {std::move(answer), {std::move(record), head_of(q, next)}};
}

decision get_policy(const question& q) {
  const auto* o = find_active<stored_certificate>(q);
  if (o == nullptr) return refuse_missing<stored_certificate>(q);
  return {policy_answer{o->name, o->policy}, {}};
}

decision update_policy(const question& q) {
  const auto* body = body_of<protocol::policy_input>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  const auto* o = find_active<stored_certificate>(q);
  if (o == nullptr) return refuse_missing<stored_certificate>(q);
  if (is_repeated(q, *o)) return {policy_answer{o->name, o->policy}, {}};
  auto policy = changed_policy(q.vault, *o->policy, *body, q.context.now);
  if (!policy) return refuse(std::move(policy).error());
  auto next = *o;
  next.last_request = q.context.request_id;
  next.policy = std::make_shared<const certificate_policy>(std::move(*policy));
  return {policy_answer{next.name, next.policy}, {head_of(q, next)}};
}

}  // namespace twinkeep::regions
