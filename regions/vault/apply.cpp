#include "regions/vault/apply.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "protocol/identifiers.hpp"
#include "regions/vault/apply_single.hpp"
#include "regions/vault/head.hpp"
#include "regions/vault/kinds.hpp"
#include "regions/vault/managed.hpp"
#include "regions/vault/records.hpp"

namespace twinkeep::regions {

namespace {

using crypto::error_code;

// The changes of one object. Keys of records do not keep an object together when they are sorted
// ("s/a-b" lies between "s/a" and "s/a/1"), so they are gathered first.
struct object_changes {
  const record_change* head = nullptr;
  std::vector<std::pair<std::string_view, const record_change*>> versions;
};
using changes_by_name = std::map<std::string_view, object_changes>;
struct sorted_changes {
  changes_by_name secrets, keys, certificates;
  std::vector<const record_change*> singles;  // what is a record of its own
};

sorted_changes sort_changes(std::span<const record_change> changes) {
  sorted_changes sorted;
  const std::array<std::pair<std::string_view, changes_by_name*>, 3> kinds{{
      {kind_of<stored_secret>::prefix, &sorted.secrets},
      {kind_of<stored_key>::prefix, &sorted.keys},
      {kind_of<stored_certificate>::prefix, &sorted.certificates},
  }};
  for (const auto& change : changes) {
    const std::string_view key = change.key;
    if (key == data_key_record) continue;
    const auto kind = std::ranges::find_if(
        kinds, [&](const auto& candidate) { return key.starts_with(candidate.first); });
    if (kind == kinds.end()) {
      sorted.singles.push_back(&change);
      continue;
    }
    const auto rest = key.substr(kind->first.size());
    const auto slash = rest.find('/');
    auto& object = (*kind->second)[rest.substr(0, slash)];
    if (slash == std::string_view::npos) {
      object.head = &change;
    } else {
      object.versions.emplace_back(rest.substr(slash + 1), &change);
    }
  }
  return sorted;
}

// The values of a version; nullopt: not as its kind has them.
bool take_values(stored_certificate& version, sealed_part values) {
  auto both = split_values(values);
  const bool has_both = both && !both->first.empty() && !both->second.empty();
  if (version.properties.is_pending()) return values.empty();
  if (!has_both) return false;
  version.value = std::move(both->first);
  version.secret_value = std::move(both->second);
  return true;
}
template <class Stored>
bool take_values(Stored& version, sealed_part values) {
  version.value = std::move(values);
  return !version.value.empty();
}

template <class Stored>
crypto::outcome<std::shared_ptr<const Stored>> read_version(const vault_identity& identity,
                                                            std::string_view version,
                                                            const record_change& record) {
  auto opened = open_record(identity, record);
  if (!opened) return failure{std::move(opened).error()};
  auto properties = kind_of<Stored>::read(as_text(opened->meta.view()));
  if (!properties) return failure{std::move(properties).error()};
  Stored read{std::move(*properties), {}, record.key};
  if (read.properties.version != version || !take_values(read, std::move(opened->value))) {
    return crypto::fail(error_code::corrupt, "record " + record.key + " is not what its key says");
  }
  return std::make_shared<const Stored>(std::move(read));
}

crypto::outcome<head> read_head_record(const vault_identity& identity, std::string_view lower_name,
                                       const record_change& record) {
  auto opened = open_record(identity, record);
  if (!opened) return failure{std::move(opened).error()};
  auto read = read_head(as_text(opened->meta.view()));
  if (!read) return failure{std::move(read).error()};
  if (protocol::lower(read->name) != lower_name) {
    return crypto::fail(error_code::corrupt, "record " + record.key + " is not what its key says");
  }
  return read;
}

// The versions that an object had and those that changed, from which it is put together again.
template <class Stored>
class version_pool {
 public:
  using pointer = std::shared_ptr<const Stored>;

  explicit version_pool(const object<Stored>* former) {
    if (former != nullptr) former_ = former->versions;
  }

  // `version` views into the record's key. Null: it is removed.
  void change(std::string_view version, pointer changed) {
    changed_.insert_or_assign(version, std::move(changed));
  }

  // Null: there is none, or it was taken before.
  pointer take(std::string_view version) {
    if (const auto it = changed_.find(version); it != changed_.end()) {
      return std::exchange(it->second, nullptr);
    }
    // They are taken in the order in which they were, so the first look finds it.
    for (std::size_t looked = 0; looked < former_.size(); ++looked) {
      const auto at = (next_ + looked) % former_.size();
      if (former_[at] == nullptr || former_[at]->properties.version != version) continue;
      next_ = at + 1;
      return std::move(former_[at]);
    }
    return nullptr;
  }

  // Whether everything was taken.
  [[nodiscard]] bool empty() const {
    return std::ranges::all_of(changed_, [](const auto& c) { return c.second == nullptr; }) &&
           std::ranges::all_of(former_, [this](const auto& v) {
             return v == nullptr || changed_.contains(v->properties.version);
           });
  }

 private:
  std::vector<pointer> former_;  // null: taken
  std::size_t next_ = 0;
  std::map<std::string_view, pointer> changed_;  // null: removed, or taken
};

// `former` (null: none) with the changed versions in place of its own.
template <class Stored>
crypto::outcome<version_pool<Stored>> pool_of(const vault_identity& identity,
                                              const object<Stored>* former,
                                              const object_changes& changes) {
  version_pool<Stored> pool{former};
  for (const auto& [version, record] : changes.versions) {
    if (!record->value) {
      pool.change(version, nullptr);
      continue;
    }
    auto read = read_version<Stored>(identity, version, *record);
    if (!read) return failure{std::move(read).error()};
    pool.change(version, std::move(*read));
  }
  return pool;
}

// What the object is after the changes; nullopt: it is gone.
template <class Stored>
crypto::outcome<std::optional<object<Stored>>> change_object(const vault_identity& identity,
                                                             std::string_view lower_name,
                                                             const object<Stored>* former,
                                                             const object_changes& changes) {
  const auto corrupt = [&](const char* what) {
    return crypto::fail(
        error_code::corrupt,
        std::string(kind_of<Stored>::prefix).append(lower_name).append(": ").append(what));
  };
  auto pool = pool_of(identity, former, changes);
  if (!pool) return failure{std::move(pool).error()};
  object<Stored> changed;
  const bool has_head =
      changes.head != nullptr ? changes.head->value != nullptr : former != nullptr;
  if (!has_head) {
    if (!pool->empty()) return corrupt("a version has no head");
    return std::optional<object<Stored>>{};
  }
  const auto take = [&](std::string_view version) {
    auto taken = pool->take(version);
    if (taken == nullptr) return false;
    changed.versions.push_back(std::move(taken));
    return true;
  };
  bool complete = true;
  if (changes.head != nullptr) {
    auto head = read_head_record(identity, lower_name, *changes.head);
    if (!head) return failure{std::move(head).error()};
    changed.versions.reserve(head->versions.size());
    for (const auto& version : head->versions) complete = complete && take(version);
    changed.name = std::move(head->name);
    changed.deleted = head->deleted;
    changed.last_request = std::move(head->last_request);
    changed.told = std::move(head->told);
    if (!head->policy.empty()) {
      auto policy = kind_of<Stored>::read_policy(head->policy);
      if (!policy) return failure{std::move(policy).error()};
      changed.policy = std::make_shared<const typename Stored::policy>(std::move(*policy));
    }
  } else {
    changed.versions.reserve(former->versions.size());
    for (const auto& v : former->versions) complete = complete && take(v->properties.version);
    changed.name = former->name;
    changed.deleted = former->deleted;
    changed.last_request = former->last_request;
    changed.told = former->told;
    changed.policy = former->policy;
  }
  if (!complete) return corrupt("the head lists a version that is missing");
  if (!pool->empty()) return corrupt("the head does not list a version that is there");
  return std::optional{std::move(changed)};
}

template <class Stored>
crypto::outcome<void> apply_to(object_set<Stored>& objects, const vault_identity& identity,
                               const changes_by_name& changes) {
  for (const auto& [lower_name, object_changes] : changes) {
    auto active = objects.active.find(lower_name);
    auto deleted = objects.deleted.find(lower_name);
    const object<Stored>* former = nullptr;
    if (active != objects.active.end()) former = &active->second;
    if (deleted != objects.deleted.end()) former = &deleted->second;
    auto changed = change_object(identity, lower_name, former, object_changes);
    if (!changed) return failure{std::move(changed).error()};
    const bool to_active = changed->has_value() && !(*changed)->deleted;
    const bool to_deleted = changed->has_value() && (*changed)->deleted;
    if (!to_active && active != objects.active.end()) objects.active.erase(active);
    if (!to_deleted && deleted != objects.deleted.end()) objects.deleted.erase(deleted);
    if (changed->has_value()) {
      auto& place = to_active ? objects.active : objects.deleted;
      place.insert_or_assign(std::string(lower_name), std::move(**changed));
    }
  }
  return {};
}

crypto::outcome<void> apply_changes(vault_state& vault, std::span<const record_change> changes) {
  const auto sorted = sort_changes(changes);
  const auto& identity = *vault.identity;
  const std::array changed{&sorted.secrets, &sorted.keys, &sorted.certificates};
  // What was derived is no former state of a record: it goes first, and is derived anew.
  for (const auto* names : changed) {
    for (const auto& [lower_name, of_it] : *names) drop_managed(vault, lower_name);
  }
  if (auto done = apply_to(vault.secrets, identity, sorted.secrets); !done) return done;
  if (auto done = apply_to(vault.keys, identity, sorted.keys); !done) return done;
  if (auto done = apply_to(vault.certificates, identity, sorted.certificates); !done) return done;
  for (const auto* names : changed) {
    for (const auto& [lower_name, of_it] : *names) derive_managed(vault, lower_name);
  }
  for (const auto* single : sorted.singles) {
    if (auto done = apply_single(vault, *single); !done) return done;
  }
  return {};
}

}  // namespace

crypto::outcome<vault_state> load_vault(vault_identity_ptr identity,
                                        std::span<const record_change> records) {
  vault_state vault;
  vault.identity = std::move(identity);
  if (auto applied = apply_changes(vault, records); !applied) return failure{applied.error()};
  return vault;
}

crypto::outcome<void> apply(vault_state& vault, std::span<const record_change> changes,
                            const write_lease&) {
  return apply_changes(vault, changes);
}

crypto::outcome<void> apply_replicated(vault_state& vault, std::span<const record_change> changes) {
  return apply_changes(vault, changes);
}

}  // namespace twinkeep::regions
