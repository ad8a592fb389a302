#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "protocol/identifiers.hpp"
#include "protocol/messages.hpp"
#include "regions/vault/head.hpp"
#include "regions/vault/kinds.hpp"
#include "regions/vault/refusals.hpp"

// What the decisions share, and the decisions themselves, a file a theme. Internal to
// regions/vault; decide() is the way in.
namespace twinkeep::regions {

struct question {
  const vault_state& vault;
  const protocol::request& request;
  const request_context& context;
  std::string lower_name;
};

// ---- looking things up ----

template <class Stored>
const object<Stored>* find(const typename object_set<Stored>::map& objects, std::string_view name) {
  const auto it = objects.find(name);
  return it == objects.end() ? nullptr : &it->second;
}
template <class Stored>
const object<Stored>* find_active(const question& q) {
  return find<Stored>(kind_of<Stored>::objects(q.vault).active, q.lower_name);
}
template <class Stored>
const object<Stored>* find_deleted(const question& q) {
  return find<Stored>(kind_of<Stored>::objects(q.vault).deleted, q.lower_name);
}

// Null: no such version. Empty: the current one. The youngest are asked for most.
template <class Stored>
std::shared_ptr<const Stored> find_version(const object<Stored>& o, std::string_view version) {
  if (version.empty()) return o.current();
  const auto wanted = protocol::lower(version);
  for (auto it = o.versions.rbegin(); it != o.versions.rend(); ++it) {
    if ((*it)->properties.version == wanted) return *it;
  }
  return nullptr;
}

// The object and version that a request names; none if there is no such version.
template <class Stored>
struct named {
  const regions::object<Stored>* object = nullptr;
  std::shared_ptr<const Stored> version;
  explicit operator bool() const { return version != nullptr; }
};
template <class Stored>
named<Stored> find_named(const question& q) {
  const auto* o = find_active<Stored>(q);
  if (o == nullptr) return {};
  return {o, find_version(*o, q.request.version)};
}

// The deleted object that holds the name that a request would make.
template <class Stored>
std::optional<protocol::error> refuse_reuse(const question& q) {
  const auto* o = find_deleted<Stored>(q);
  if (o == nullptr) return std::nullopt;
  return protocol::object_is_deleted(kind_of<Stored>::kind, o->name);
}

// Keys and secrets of certificates live and change with these alone (CONTRACT 3.6, 6.6).
template <class Stored>
std::optional<protocol::error> refuse_managed(const question& q, const object<Stored>* o) {
  if constexpr (!std::is_same_v<Stored, stored_certificate>) {
    if (o != nullptr && o->current()->properties.managed) {
      return protocol::managed_by_key_vault(kind_of<Stored>::kind,
                                            protocol::row_of(q.request.operation).verb);
    }
  }
  return std::nullopt;
}

// The name is a certificate's, whose key and secret nobody makes by themselves.
[[nodiscard]] std::optional<protocol::error> refuse_certificates_name(const question& q);

// Whether the object's last change was this very request: a session sends a mutation again when its
// vault was lost, and cannot know how far the first one came.
template <class Stored>
bool is_repeated(const question& q, const object<Stored>& o) {
  return !q.context.request_id.empty() && o.last_request == q.context.request_id;
}

// The form of Azure's ids of versions and certificate operations: a GUID without its hyphens.
inline std::string plain_request_id(const question& q) {
  std::string id = q.context.request_id;
  std::erase(id, '-');
  return id;
}

// ---- answers and records ----

template <class Stored>
typename kind_of<Stored>::answer answer_of(const object<Stored>& o,
                                           std::shared_ptr<const Stored> version) {
  typename kind_of<Stored>::answer answer;
  answer.name = o.name;
  if constexpr (std::is_same_v<Stored, stored_secret>) {
    answer.secret = std::move(version);
  } else if constexpr (std::is_same_v<Stored, stored_key>) {
    answer.key = std::move(version);
  } else {
    answer.certificate = std::move(version);
    answer.policy = o.policy;
  }
  answer.deleted = o.deleted;
  return answer;
}

template <class Stored>
plain_record head_of(const question& q, const object<Stored>& o) {
  head h{o.name, {}, o.deleted, o.last_request, {}, o.told};
  if (o.policy != nullptr) h.policy = kind_of<Stored>::write_policy(*o.policy);
  h.versions.reserve(o.versions.size());
  for (const auto& version : o.versions) h.versions.push_back(version->properties.version);
  return {head_record(kind_of<Stored>::kind, q.lower_name), false, write_head(h), {}};
}

template <class Stored>
plain_record version_of(const Stored& v, record_part value) {
  return {v.record_key, false, kind_of<Stored>::write(v.properties), std::move(value)};
}

inline decision refuse(protocol::error e) {
  return {std::move(e), {}};
}

template <class Stored>
decision refuse_missing(const question& q) {
  return refuse(
      protocol::object_not_found(kind_of<Stored>::kind, q.request.name, q.request.version));
}
template <class Stored>
decision refuse_missing_deleted(const question& q) {
  return refuse(protocol::deleted_object_not_found(kind_of<Stored>::kind, q.request.name));
}

// The request's body; null if it is of another operation's shape, which only a bug can send.
template <class Body>
const Body* body_of(const question& q) {
  return std::get_if<Body>(&q.request.body);
}

// ---- attributes (CONTRACT 3.2) ----

[[nodiscard]] protocol::outcome<protocol::attributes> new_attributes(
    const protocol::attributes_input& input, protocol::unix_seconds now);
[[nodiscard]] protocol::outcome<protocol::attributes> merged_attributes(
    protocol::attributes former, const protocol::attributes_input& input,
    protocol::unix_seconds now);

// ---- new and changed versions ----

// Makes `properties` the current version; `value` is sealed with the records. The answer's version
// has no value.
template <class Stored>
decision add_version(const question& q, typename kind_of<Stored>::properties properties,
                     byte_view value) {
  const auto* former = find_active<Stored>(q);
  object<Stored> next;
  next.name = q.request.name;
  if (former != nullptr) next = *former;
  auto record_key = version_record(kind_of<Stored>::kind, q.lower_name, properties.version);
  next.versions.push_back(
      std::make_shared<const Stored>(Stored{std::move(properties), {}, std::move(record_key)}));
  next.last_request = q.context.request_id;
  return {answer_of(next, next.current()), {version_of(*next.current(), value), head_of(q, next)}};
}

// Gives a version other properties. Its sealed value is kept as it is: it is sealed for the
// record's key, which stays the same.
template <class Stored>
decision change_version(const question& q, const object<Stored>& former, const Stored& version,
                        typename kind_of<Stored>::properties properties) {
  auto next = former;
  next.last_request = q.context.request_id;
  // What was told of a time of expiry is not true of another one.
  const bool other_end = properties.attributes.expires != version.properties.attributes.expires;
  if (other_end && next.told.version == properties.version) next.told = {};
  auto changed = std::make_shared<const Stored>(
      Stored{std::move(properties), version.value, version.record_key});
  return {answer_of(next, changed), {version_of(*changed, version.value), head_of(q, next)}};
}

// The answer to a set or create that has happened already. Another request may have changed the
// object since; the id of the version that it made still tells.
template <class Stored>
std::optional<typename kind_of<Stored>::answer> answer_again(const question& q) {
  const auto* o = find_active<Stored>(q);
  if (o == nullptr) return std::nullopt;
  std::shared_ptr<const Stored> made;
  if (!q.context.fresh_version.empty()) made = find_version(*o, q.context.fresh_version);
  if (made == nullptr && is_repeated(q, *o)) made = o->current();
  if (made == nullptr) return std::nullopt;
  Stored without_value = *made;
  without_value.value = {};
  return answer_of(*o, std::make_shared<const Stored>(std::move(without_value)));
}

// ---- keys and who makes them ----

// Empty: the key that the request makes is not for an HSM.
[[nodiscard]] std::string label_of_new_key(const question& q, bool hsm);
// Whether a key's material is an HSM's, or a software key's, as its properties say.
[[nodiscard]] bool is_material_of(bool hsm, byte_view material);
// What was made for the request with its key, a generated_key or a part of a certificate; null:
// none, or one whose key was made by whom it must not be, which must not pass for the other kind.
template <class Made>
[[nodiscard]] const Made* made_with_key(const question& q, bool hsm) {
  const auto* made = std::get_if<Made>(q.context.done);
  return made != nullptr && is_material_of(hsm, made->material.view()) ? made : nullptr;
}

// ---- the decisions ----

decision set_secret(const question& q);
decision get_secret(const question& q);
decision update_secret(const question& q);

decision create_key(const question& q);
decision import_key(const question& q);
decision rotate_key(const question& q);
decision get_rotation_policy(const question& q);
decision set_rotation_policy(const question& q);
decision release_key(const question& q);
decision get_attestation(const question& q);
decision random_octets(const question& q);
decision get_key(const question& q);
decision update_key(const question& q);
decision use_a_key(const question& q);  // encrypt ... verify

// Instantiated for each kind.
template <class Stored>
decision delete_object(const question& q);
template <class Stored>
decision get_deleted(const question& q);
template <class Stored>
decision recover(const question& q);
template <class Stored>
decision purge(const question& q);

template <class Stored>
decision list(const question& q);
template <class Stored>
decision list_versions(const question& q);
template <class Stored>
decision list_deleted(const question& q);

template <class Stored>
decision back_up(const question& q);
template <class Stored>
decision restore(const question& q);

// What the service tells of itself (due.hpp, notices.hpp).
template <class Stored>
decision tell_expiry(const question& q);
decision forget_notice(const question& q);

}  // namespace twinkeep::regions
