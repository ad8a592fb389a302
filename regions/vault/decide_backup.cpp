#include <algorithm>
#include <set>

#include "regions/vault/certificate_decisions.hpp"
#include "regions/vault/hsm_keys.hpp"

// Backup and restore (CONTRACT 8). The blob itself is made and opened elsewhere.
namespace twinkeep::regions {

namespace {

// A blob is authentic once it opens, but one of a later or a broken service must not become
// records that the vault cannot be loaded from.
bool is_complete(const protocol::restored_certificate_version& version) {
  const auto& properties = version.properties;
  return !properties.is_pending() && is_material_of(properties.hsm, version.material.view());
}
bool is_complete(const protocol::restored_key_version& version) {
  return is_material_of(version.properties.hsm, version.material.view());
}
template <class Version>
bool is_complete(const Version&) {
  return true;
}

template <class Version>
bool well_formed(const std::string& name, const std::vector<Version>& versions) {
  std::set<std::string_view> ids;
  for (const auto& version : versions) ids.insert(version.properties.version);
  const auto complete = [](const auto& version) { return is_complete(version); };
  return std::ranges::all_of(versions, complete) && protocol::is_object_name(name) &&
         !versions.empty() && ids.size() == versions.size() && !ids.contains("");
}

// Keys of HSMs are in the region's before there are records of them: what is acknowledged works.
// Nothing: there are none, or they are there.
template <class Restore>
std::optional<decision> have_installed(const question& q, const Restore& body) {
  install_hsm_keys work;
  for (const auto& version : body.versions) {
    if (!version.properties.hsm) continue;
    work.keys.push_back({version.material.view(), hsm_label(q.vault.identity->name, q.lower_name,
                                                            version.properties.version)});
  }
  if (work.keys.empty()) return std::nullopt;
  if (!q.vault.identity->options.hsm_keys) return refuse(refusals::restore_needs_premium());
  if (q.context.done == nullptr) return decision{vault_work{std::move(work)}, {}};
  if (std::holds_alternative<hsm_keys_installed>(*q.context.done)) return std::nullopt;
  return refuse(refusals::wrong_shape());
}

}  // namespace

template <class Stored>
decision back_up(const question& q) {
  const auto* o = find_active<Stored>(q);
  if (o == nullptr) return refuse_missing<Stored>(q);
  if (auto refused = refuse_managed(q, o)) return refuse(std::move(*refused));
  auto versions = o->versions;
  // A first version that was never completed is nothing to keep.
  if constexpr (std::is_same_v<Stored, stored_certificate>) {
    std::erase_if(versions, [](const auto& v) { return v->properties.is_pending(); });
    if (versions.empty()) return refuse_missing<Stored>(q);
  }
  const auto past_versions = versions.size() - 1;
  if (past_versions > protocol::max_backup_versions) {
    return refuse(protocol::too_many_versions(kind_of<Stored>::kind, o->name));
  }
  return {backup_answer<Stored>{o->name, std::move(versions), o->policy}, {}};
}

template <class Stored>
decision restore(const question& q) {
  const auto* body = body_of<typename kind_of<Stored>::restore>(q);
  if (body == nullptr) return refuse(refusals::wrong_shape());
  if (!well_formed(body->name, body->versions)) return refuse(protocol::broken_backup());
  if (const auto* o = find_active<Stored>(q)) {
    if (is_repeated(q, *o)) return {answer_of(*o, o->current()), {}};
    return refuse(protocol::restore_conflict(kind_of<Stored>::kind, o->name,
                                             o->current()->properties.version));
  }
  if (auto refused = refuse_reuse<Stored>(q)) return refuse(std::move(*refused));

  object<Stored> next;
  next.name = body->name;
  next.last_request = q.context.request_id;
  if constexpr (std::is_same_v<Stored, stored_certificate>) {
    if (auto refused = refuse_name(q)) return refuse(std::move(*refused));
    next.policy = std::make_shared<const protocol::certificate_policy>(body->policy);
  } else if (auto refused = refuse_certificates_name(q)) {
    return refuse(std::move(*refused));
  }
  if constexpr (!std::is_same_v<Stored, stored_secret>) {
    if (auto first = have_installed(q, *body)) return *std::move(first);
  }
  decision restored;
  for (const auto& version : body->versions) {
    const auto& properties = version.properties;
    auto record_key = version_record(kind_of<Stored>::kind, q.lower_name, properties.version);
    next.versions.push_back(
        std::make_shared<const Stored>(Stored{properties, {}, std::move(record_key)}));
    auto record = version_of(*next.current(), kind_of<Stored>::value_of(version));
    if constexpr (std::is_same_v<Stored, stored_certificate>) {
      record.has_second = true;
      record.second = version.secret_value.view();
    }
    restored.records.push_back(std::move(record));
  }
  restored.records.push_back(head_of(q, next));
  restored.verdict = answer_of(next, next.current());
  return restored;
}

template decision back_up<stored_secret>(const question&);
template decision back_up<stored_key>(const question&);
template decision back_up<stored_certificate>(const question&);
template decision restore<stored_secret>(const question&);
template decision restore<stored_key>(const question&);
template decision restore<stored_certificate>(const question&);

}  // namespace twinkeep::regions
