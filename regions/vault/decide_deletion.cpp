#include "regions/vault/certificate_decisions.hpp"

// Soft deletion (CONTRACT 7): every version at once, and no state between "deleted" and "not".
namespace twinkeep::regions {

namespace {

template <class Stored>
decision change_head(const question& q, object<Stored> next) {
  next.last_request = q.context.request_id;
  return {answer_of(next, next.current()), {head_of(q, next)}};
}

}  // namespace

template <class Stored>
decision delete_object(const question& q) {
  if (const auto* o = find_active<Stored>(q)) {
    if (auto refused = refuse_managed(q, o)) return refuse(std::move(*refused));
    auto next = *o;
    const auto retained = q.vault.identity->recovery.retention_days * seconds_per_day;
    next.deleted = protocol::deletion{q.context.now, q.context.now + retained};
    auto deleted = change_head(q, std::move(next));
    // Nothing completes a certificate that is deleted.
    if constexpr (std::is_same_v<Stored, stored_certificate>) {
      if (find_pending(q) != nullptr) deleted.records.push_back(pending_gone(q));
    }
    return deleted;
  }
  const auto* o = find_deleted<Stored>(q);
  if (o != nullptr && is_repeated(q, *o)) return {answer_of(*o, o->current()), {}};
  return refuse_missing<Stored>(q);
}

template <class Stored>
decision get_deleted(const question& q) {
  const auto* o = find_deleted<Stored>(q);
  if (o == nullptr) return refuse_missing_deleted<Stored>(q);
  return {answer_of(*o, o->current()), {}};
}

template <class Stored>
decision recover(const question& q) {
  if (const auto* o = find_deleted<Stored>(q)) {
    if (auto refused = refuse_managed(q, o)) return refuse(std::move(*refused));
    auto next = *o;
    next.deleted = std::nullopt;
    return change_head(q, std::move(next));
  }
  const auto* o = find_active<Stored>(q);
  if (o != nullptr && is_repeated(q, *o)) return {answer_of(*o, o->current()), {}};
  return refuse_missing_deleted<Stored>(q);
}

// Nothing remains that could remember the request: repeated, it is a 404.
template <class Stored>
decision purge(const question& q) {
  const auto* o = find_deleted<Stored>(q);
  if (o == nullptr) return refuse_missing_deleted<Stored>(q);
  if (auto refused = refuse_managed(q, o)) return refuse(std::move(*refused));
  const auto& vault = *q.vault.identity;
  const bool retained = q.context.now < o->deleted->scheduled_purge_date;
  if (vault.recovery.purge_protection && retained) {
    return refuse(protocol::purge_protected(vault.name, vault.home_region));
  }
  decision gone{empty_answer{}, {}};
  for (const auto& version : o->versions) {
    gone.records.push_back({version->record_key, true, {}});
  }
  gone.records.push_back({head_record(kind_of<Stored>::kind, q.lower_name), true, {}});
  return gone;
}

template decision delete_object<stored_secret>(const question&);
template decision delete_object<stored_key>(const question&);
template decision delete_object<stored_certificate>(const question&);
template decision get_deleted<stored_secret>(const question&);
template decision get_deleted<stored_key>(const question&);
template decision get_deleted<stored_certificate>(const question&);
template decision recover<stored_secret>(const question&);
template decision recover<stored_key>(const question&);
template decision recover<stored_certificate>(const question&);
template decision purge<stored_secret>(const question&);
template decision purge<stored_key>(const question&);
template decision purge<stored_certificate>(const question&);

}  // namespace twinkeep::regions
