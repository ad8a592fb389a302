#include "regions/vault/due.hpp"

#include <algorithm>

#include "regions/vault/certificate_policy.hpp"
#include "regions/vault/kinds.hpp"
#include "regions/vault/notices.hpp"

namespace twinkeep::regions {

namespace {

using protocol::operation_id;
using protocol::request;
using protocol::unix_seconds;

constexpr unsigned percent = 100;

class collector {
 public:
  collector(const vault_state& vault, unix_seconds now) : vault_(vault), now_(now) {}

  std::vector<request> all() {
    certificates();
    purges(vault_.certificates, operation_id::certificate_purge);
    purges(vault_.keys, operation_id::key_purge);
    purges(vault_.secrets, operation_id::secret_purge);
    rotations();
    renewals();
    if (vault_.identity->options.notices) {
      notices(vault_.secrets, operation_id::secret_update);
      notices(vault_.keys, operation_id::key_update);
      notices(vault_.certificates, operation_id::certificate_update);
    }
    return std::move(due_);
  }

  std::vector<request> only_certificates() {
    certificates();
    return std::move(due_);
  }

 private:
  bool full() const { return due_.size() >= due_at_once; }
  void add(operation_id operation, const std::string& name, protocol::request_body body = {}) {
    due_.push_back({operation, name, {}, std::move(body)});
  }

  template <class Stored>
  static bool is_managed(const object<Stored>& o) {
    if constexpr (std::is_same_v<Stored, stored_certificate>)
      return false;
    else
      return o.current()->properties.managed;
  }

  // A first version without its certificate cannot expire.
  static bool is_awaited(const protocol::certificate_properties& current) {
    return current.is_pending();
  }
  template <class Properties>
  static bool is_awaited(const Properties&) {
    return false;
  }

  template <class Stored>
  void purges(const object_set<Stored>& objects, operation_id operation) {
    for (const auto& [key, o] : objects.deleted) {
      if (full()) return;
      if (o.deleted->scheduled_purge_date <= now_ && !is_managed(o)) add(operation, o.name);
    }
  }

  void rotations() {
    for (const auto& [key, o] : vault_.keys.active) {
      if (full()) return;
      const auto& current = o.current()->properties;
      if (o.policy == nullptr || current.managed || !current.attributes.enabled) continue;
      const auto due = rotation_due(*o.policy, current.attributes);
      if (due && *due <= now_) add(operation_id::key_rotate, o.name);
    }
  }

  // One that failed is tried again a day later.
  bool may_be_asked_for(std::string_view lower_name) const {
    const auto it = vault_.pending.find(lower_name);
    if (it == vault_.pending.end()) return true;
    const auto& operation = it->second->operation;
    if (operation.status == protocol::pending_status::in_progress) return false;
    return operation.status == protocol::pending_status::completed ||
           operation.created + seconds_per_day <= now_;
  }

  void renewals() {
    for (const auto& [key, o] : vault_.certificates.active) {
      if (full()) return;
      const auto& current = o.current()->properties;
      const bool renewable = !current.is_pending() && current.attributes.enabled &&
                             o.policy != nullptr && o.policy->enabled &&
                             signs_for(vault_, o.policy->issuer);
      if (!renewable || !may_be_asked_for(key)) continue;
      const auto due = renewal_due(*o.policy, current.attributes);
      if (due && *due <= now_) {
        add(operation_id::certificate_create, o.name, protocol::renew_certificate{});
      }
    }
  }

  void certificates() {
    for (const auto& [key, pending] : vault_.pending) {
      if (full()) return;
      const auto& operation = pending->operation;
      if (operation.status != protocol::pending_status::in_progress) continue;
      const bool answered = operation.issuer != protocol::issuer_unknown &&
                            operation.created + vault_.identity->options.issue_after <= now_;
      if (answered || operation.cancellation_requested) {
        add(operation_id::certificate_merge, operation.name, protocol::issue_pending{});
      }
    }
  }

  // A key's own policy says when its owner wants to hear of its end.
  template <class Stored>
  static std::optional<unix_seconds> near(const object<Stored>& o, unix_seconds expires) {
    if constexpr (std::is_same_v<Stored, stored_key>) {
      if (o.policy != nullptr) {
        for (const auto& rule : o.policy->actions) {
          if (rule.action == protocol::rotation_action::notify && rule.before_expiry) {
            return protocol::minus(expires, *rule.before_expiry);
          }
        }
      }
    }
    return expires - near_expiry;
  }

  template <class Stored>
  void notices(const object_set<Stored>& objects, operation_id operation) {
    for (const auto& [key, o] : objects.active) {
      if (full()) return;
      const auto& current = o.current()->properties;
      if (!current.attributes.expires || is_managed(o) || is_awaited(current)) continue;
      const auto stage = o.told.version == current.version ? o.told.stage : expiry_stage::none;
      const auto expires = *current.attributes.expires;
      if (expires <= now_ && stage < expiry_stage::expired) {
        add(operation, o.name, protocol::tell_expiry{current.version, true});
      } else if (expires > now_ && near(o, expires) <= now_ && stage < expiry_stage::near) {
        add(operation, o.name, protocol::tell_expiry{current.version, false});
      }
    }
  }

  const vault_state& vault_;
  unix_seconds now_;
  std::vector<request> due_;
};

}  // namespace

std::vector<request> due_requests(const vault_state& vault, unix_seconds now) {
  return collector(vault, now).all();
}

std::vector<request> due_certificates(const vault_state& vault, unix_seconds now) {
  return collector(vault, now).only_certificates();
}

std::optional<unix_seconds> next_certificate(const vault_state& vault, unix_seconds now) {
  std::optional<unix_seconds> next;
  for (const auto& [key, pending] : vault.pending) {
    const auto& operation = pending->operation;
    const bool waits = operation.status == protocol::pending_status::in_progress &&
                       operation.issuer != protocol::issuer_unknown;
    const auto due = operation.created + vault.identity->options.issue_after;
    if (waits && due > now && (!next || due < *next)) next = due;
  }
  return next;
}

std::optional<unix_seconds> rotation_due(const protocol::rotation_policy& policy,
                                         const protocol::attributes& current) {
  for (const auto& rule : policy.actions) {
    if (rule.action != protocol::rotation_action::rotate) continue;
    if (rule.after_create) return protocol::plus(current.created, *rule.after_create);
    if (rule.before_expiry && current.expires) {
      return protocol::minus(*current.expires, *rule.before_expiry);
    }
  }
  return std::nullopt;
}

std::optional<unix_seconds> renewal_due(const protocol::certificate_policy& policy,
                                        const protocol::attributes& current) {
  if (!current.not_before || !current.expires) return std::nullopt;
  for (const auto& rule : policy.lifetime_actions) {
    if (rule.action != protocol::lifetime_action::auto_renew) continue;
    if (rule.days_before_expiry) {
      return *current.expires - *rule.days_before_expiry * seconds_per_day;
    }
    if (rule.lifetime_percentage) {
      const auto life = *current.expires - *current.not_before;
      return *current.not_before + life / percent * *rule.lifetime_percentage;
    }
  }
  return std::nullopt;
}

}  // namespace twinkeep::regions
