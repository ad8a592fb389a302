#include <algorithm>

#include "regions/vault/decisions.hpp"

namespace twinkeep::regions {

namespace {

using protocol::key_kind;
using protocol::key_operation;
using refusal = std::optional<protocol::error>;

// What a key of the type may be asked to do; "import" (a key for bringing others) stands alone.
refusal refuse_key_operations(key_kind kind, const std::vector<key_operation>& asked) {
  const auto able = protocol::default_key_operations(kind.type);
  for (const auto op : asked) {
    const bool alone = op == key_operation::import_ && asked.size() == 1;
    const bool fits =
        alone || op == key_operation::export_ || std::ranges::find(able, op) != able.end();
    if (!fits) return refusals::unfit_key_operation(kind, to_string(op));
  }
  return std::nullopt;
}

// The rules of key release, in Azure's numbers (CONTRACT 5.5): what is exportable needs a policy,
// a policy needs what is exportable, and only an HSM's keys can have both, unless the deployment
// lets software keys have them too.
refusal refuse_release(const vault_options& options, key_kind kind, bool exportable, bool policy) {
  if (exportable && policy && kind.hsm && !options.hsm_keys) {
    return refusals::exportable_needs_premium();
  }
  if (exportable && policy && !kind.hsm && !options.exportable_keys) {
    return refusals::exportable_needs_hsm();
  }
  if (exportable && !policy) return refusals::exportable_without_policy();
  if (policy && !exportable) return refusals::policy_without_exportable();
  return std::nullopt;
}

refusal refuse_kind(const vault_options& options, key_kind kind) {
  if (kind.hsm && !options.hsm_keys) return refusals::needs_premium(kind);
  const bool symmetric = kind.type == crypto::key_type::oct && !kind.hsm;
  if (symmetric && !options.symmetric_keys) return refusals::no_symmetric_keys();
  return std::nullopt;
}

// What create and import have in common; the rest of the version comes with the key.
template <class Body>
decision make_key(const question& q, const Body& body, key_kind kind,
                  protocol::outcome<vault_work> work) {
  if (auto again = answer_again<stored_key>(q)) return {std::move(*again), {}};
  const auto& options = q.vault.identity->options;
  const bool exportable = body.attributes.exportable.value_or(false);
  auto attributes = new_attributes(body.attributes, q.context.now);
  const auto key_ops = body.key_ops.value_or(protocol::default_key_operations(kind.type));
  refusal refused = refuse_release(options, kind, exportable, body.release.has_value());
  if (!refused) refused = refuse_kind(options, kind);
  if (!refused && !attributes) refused = attributes.error();
  if (!refused) refused = refuse_key_operations(kind, key_ops);
  if (!refused) refused = refuse_certificates_name(q);
  if (!refused) refused = refuse_reuse<stored_key>(q);
  if (!refused && !work) refused = work.error();
  if (refused) return refuse(std::move(*refused));
  // Everything that could be refused has been: a key is not made in vain.
  if (q.context.done == nullptr) return {*std::move(work), {}};
  const auto* made = made_with_key<crypto::generated_key>(q, kind.hsm);
  if (made == nullptr) return refuse(refusals::wrong_shape());
  protocol::key_properties key;
  key.hsm = kind.hsm;
  key.version = q.context.fresh_version;
  key.attributes = *attributes;
  key.key_ops = key_ops;
  key.pub = made->pub;
  key.tags = body.tags.value_or(protocol::tag_map{});
  key.exportable = exportable;
  key.release = body.release;
  return add_version<stored_key>(q, std::move(key), made->material.view());
}

// For which key of the vault a transferred one is wrapped. Like every unwrapping, this is done
// after the key's expiry as well.
protocol::outcome<std::shared_ptr<const stored_key>> exchange_key_of(
    const question& q, const protocol::key_transfer& transfer) {
  const auto* const keys = find<stored_key>(q.vault.keys.active, protocol::lower(transfer.name));
  auto key = keys == nullptr ? nullptr : find_version(*keys, transfer.version);
  if (key == nullptr) return failure{refusals::no_exchange_key(transfer)};
  const auto& p = key->properties;
  const bool is_for_it = std::ranges::find(p.key_ops, key_operation::import_) != p.key_ops.end();
  if (!p.hsm || p.pub.type != crypto::key_type::rsa || !is_for_it) {
    return failure{refusals::not_an_exchange_key(transfer)};
  }
  if (!p.attributes.enabled) {
    return failure{
        protocol::object_disabled(protocol::object_kind::key, to_string(key_operation::import_))};
  }
  return key;
}

protocol::outcome<vault_work> work_of_import(const question& q, const protocol::import_key& body) {
  import_key_material work{label_of_new_key(q, body.hsm)};
  if (body.transfer) {
    auto exchange = exchange_key_of(q, *body.transfer);
    if (!exchange) return failure{std::move(exchange).error()};
    work.exchange = *std::move(exchange);
  }
  return vault_work{std::move(work)};
}

refusal change_release(protocol::key_properties& key, const protocol::update_key& body,
                       bool names_a_version) {
  if (body.attributes.exportable && *body.attributes.exportable != key.exportable) {
    return refusals::exportable_is_fixed();
  }
  if (!body.release) return std::nullopt;
  if (names_a_version) return refusals::policy_of_a_version();
  if (!key.exportable) return refusals::policy_without_exportable();
  if (key.release && key.release->immutable && *body.release != *key.release) {
    return refusals::policy_is_immutable();
  }
  key.release = body.release;
  return std::nullopt;
}

}  // namespace

decision create_key(const question& q) {
  const auto* body = body_of<protocol::create_key>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  return make_key(q, *body, {body->spec.type, body->hsm},
                  vault_work{generate_key{body->spec, label_of_new_key(q, body->hsm)}});
}

decision import_key(const question& q) {
  const auto* body = body_of<protocol::import_key>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  return make_key(q, *body, {body->key.type, body->hsm}, work_of_import(q, *body));
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
  if (auto refused = refuse_managed(q, found.object)) return refuse(std::move(*refused));
  if (is_repeated(q, *found.object)) return {answer_of(*found.object, found.version), {}};
  auto properties = found.version->properties;
  if (auto refused = change_release(properties, *body, !q.request.version.empty())) {
    return refuse(std::move(*refused));
  }
  auto attributes = merged_attributes(properties.attributes, body->attributes, q.context.now);
  if (!attributes) return refuse(attributes.error());
  properties.attributes = *attributes;
  if (body->key_ops) {
    if (auto refused = refuse_key_operations(properties.kind(), *body->key_ops)) {
      return refuse(*refused);
    }
    properties.key_ops = *body->key_ops;
  }
  if (body->tags) properties.tags = *body->tags;
  return change_version(q, *found.object, *found.version, std::move(properties));
}

}  // namespace twinkeep::regions
