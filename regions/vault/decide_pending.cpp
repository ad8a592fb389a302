#include "regions/vault/certificate_decisions.hpp"
#include "regions/vault/certificate_policy.hpp"
#include "regions/vault/hsm_keys.hpp"

// Certificate operations (CONTRACT 6.4).
namespace twinkeep::regions {

namespace {

using protocol::pending_operation;
using protocol::pending_status;

bool in_progress(const stored_pending& pending) {
  return pending.operation.status == pending_status::in_progress;
}

crypto::validity validity_for(const question& q, const pending_operation& operation) {
  const auto begin = q.context.now - begins_before;
  return {begin, protocol::plus(begin, {0, operation.policy.validity_months, 0})};
}

// The operation has come to an end; the key of its request is no longer needed.
decision end_operation(const question& q, pending_operation operation) {
  auto record = pending_record(q, operation, {});
  return {pending_answer{std::move(operation)}, {std::move(record)}};
}

decision fail_operation(const question& q, pending_operation operation, std::string why) {
  operation.status = pending_status::failed;
  operation.status_details = why;
  operation.error_code = "Certificate issuer error";
  operation.error_message = std::move(why);
  return end_operation(q, std::move(operation));
}

// The version that the operation was for, with what it brought.
decision complete(const question& q, pending_operation operation, const completed_certificate& made,
                  const protocol::attributes_input& attributes,
                  const std::optional<protocol::tag_map>& tags) {
  auto properties = properties_of(made, operation.version);
  properties.attributes.enabled =
      attributes.enabled.value_or(operation.attributes.enabled.value_or(true));
  properties.attributes.created = properties.attributes.updated = q.context.now;
  properties.exportable = operation.policy.exportable;
  properties.hsm = operation.policy.hsm;
  properties.preserve_order = operation.preserve_order;
  // An operation never outlives its certificate. Tags of the awaited version may have been changed
  // since, as the policy may.
  const auto* o = find_active<stored_certificate>(q);
  if (o == nullptr) return refuse(protocol::pending_not_found(q.request.name));
  const auto& current = o->current()->properties;
  properties.tags = tags.value_or(current.is_pending() ? current.tags : operation.tags);
  auto done = put_certificate(q, std::move(properties), &made, o->policy);
  operation.status = pending_status::completed;
  operation.status_details.clear();
  done.records.push_back(pending_record(q, operation, {}));
  auto& answer = std::get<certificate_answer>(done.verdict);
  answer.has_pending = true;
  answer.merged = true;
  return done;
}

// Self, or the built-in authority: the service's own step after a certificate was asked for.
decision issue(const question& q, const std::shared_ptr<const stored_pending>& pending) {
  auto operation = pending->operation;
  if (operation.cancellation_requested) {
    operation.status = pending_status::cancelled;
    operation.status_details = "The certificate operation was cancelled.";
    return end_operation(q, std::move(operation));
  }
  if (!signs_for(q.vault, operation.issuer)) {
    return fail_operation(q, std::move(operation),
                          "The issuer '" + pending->operation.issuer +
                              "' is disabled, or not one that this service can ask.");
  }
  if (q.context.done == nullptr) {
    const bool self_signed = operation.issuer == protocol::issuer_self;
    auto label = self_signed && operation.policy.hsm
                     ? hsm_label(q.vault.identity->name, q.lower_name, operation.version)
                     : std::string{};
    return {vault_work{complete_certificate{
                pending, {}, self_signed, validity_for(q, operation), std::move(label)}},
            {}};
  }
  if (const auto* failed = std::get_if<protocol::error>(q.context.done)) {
    return fail_operation(q, std::move(operation), failed->message);
  }
  const auto* made = made_with_key<completed_certificate>(q, operation.policy.hsm);
  if (made == nullptr) return refuse(refusals::wrong_shape());
  return complete(q, std::move(operation), *made, {}, std::nullopt);
}

}  // namespace

decision get_pending(const question& q) {
  const auto* pending = find_pending(q);
  const auto* filter = body_of<protocol::pending_filter>(q);
  const bool meant = filter == nullptr || filter->request_id.empty() ||
                     (pending != nullptr && filter->request_id == pending->operation.request_id);
  if (pending == nullptr || !meant) return refuse(protocol::pending_not_found(q.request.name));
  return {pending_answer{pending->operation}, {}};
}

decision cancel_pending(const question& q) {
  const auto* body = body_of<protocol::cancel_pending>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  const auto* pending = find_pending(q);
  if (pending == nullptr) return refuse(protocol::pending_not_found(q.request.name));
  auto operation = pending->operation;
  if (operation.cancellation_requested == body->requested) {
    return {pending_answer{std::move(operation)}, {}};
  }
  if (!in_progress(*pending)) {
    return refuse(
        protocol::bad_parameter("The certificate operation cannot be cancelled: its status is " +
                                std::string(to_string(operation.status)) + "."));
  }
  operation.cancellation_requested = body->requested;
  auto record = pending_record(q, operation, pending->value);
  return {pending_answer{std::move(operation)}, {std::move(record)}};
}

// Nothing remains that could remember the request: repeated, it is a 404. The certificate stays as
// it is.
decision delete_pending(const question& q) {
  const auto* pending = find_pending(q);
  if (pending == nullptr) return refuse(protocol::pending_not_found(q.request.name));
  return {pending_answer{pending->operation}, {pending_gone(q)}};
}

decision merge_certificate(const question& q) {
  const auto it = q.vault.pending.find(q.lower_name);
  // The operation of a merge that is repeated may have been deleted since.
  const auto* o = find_active<stored_certificate>(q);
  if (o != nullptr && is_repeated(q, *o)) {
    auto again = answer_of(*o, o->current());
    again.has_pending = it != q.vault.pending.end();
    again.merged = true;
    return {std::move(again), {}};
  }
  if (it == q.vault.pending.end()) return refuse(protocol::pending_not_found(q.request.name));
  const auto& pending = it->second;
  if (body_of<protocol::issue_pending>(q) != nullptr) {
    if (!in_progress(*pending)) return refuse(protocol::pending_not_found(q.request.name));
    return issue(q, pending);
  }
  const auto* body = body_of<protocol::merge_certificate>(q);
  // Without certificates the service would sign itself, which nobody has asked it for.
  if (body == nullptr || body->chain.empty()) return refuse(refusals::wrong_shape());
  const auto& operation = pending->operation;
  if (!in_progress(*pending)) return refuse(protocol::pending_not_found(q.request.name));
  if (operation.issuer != protocol::issuer_unknown) {
    return refuse(protocol::merge_forbidden(operation.name, operation.issuer));
  }
  if (q.context.done == nullptr) {
    return {vault_work{complete_certificate{pending, body->chain, false, {}}}, {}};
  }
  const auto* made = made_with_key<completed_certificate>(q, operation.policy.hsm);
  if (made == nullptr) return refuse(refusals::wrong_shape());
  return complete(q, operation, *made, body->attributes, body->tags);
}

}  // namespace twinkeep::regions
