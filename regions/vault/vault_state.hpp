#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crypto/barrier.hpp"
#include "protocol/certificate.hpp"
#include "protocol/key.hpp"
#include "protocol/rotation_policy.hpp"
#include "protocol/secret.hpp"
#include "regions/store/batch.hpp"
#include "regions/vault/vault_options.hpp"

namespace twinkeep::regions {

inline constexpr protocol::unix_seconds seconds_per_day = 86'400;

// What stays the same while a vault is served. Shared with the sessions that write its answers.
struct vault_identity {
  std::string name;         // as configured
  std::string home_region;  // also while the pair serves it: part of every record's seal
  protocol::recovery_rules recovery;
  crypto::data_key_ptr key;
  vault_options options = {};
};
using vault_identity_ptr = std::shared_ptr<const vault_identity>;

// A sealed part of a record, without a copy: the record's buffer is shared with the store's batch.
struct sealed_part {
  record_value buffer;
  std::size_t offset = 0;
  std::size_t size = 0;
  [[nodiscard]] byte_view view() const {
    return empty() ? byte_view{} : byte_view(*buffer).subspan(offset, size);
  }
  [[nodiscard]] bool empty() const { return size == 0; }
};

// One version as the vault keeps it: properties in the clear in memory, the value (a secret's
// value, a key's material) sealed. Immutable; handed out by pointer. `Policy` concerns all versions
// of an object.
template <class Properties, class Policy>
struct stored_version {
  using policy = Policy;
  Properties properties;
  sealed_part value;
  std::string record_key;  // what the value is sealed for
};
struct no_policy {};
using stored_secret = stored_version<protocol::secret_properties, no_policy>;
using stored_key = stored_version<protocol::key_properties, protocol::rotation_policy>;

// `value` is the private key. A certificate's key and secret are not records of their own: they
// are derived from it (apply.cpp), so that they cannot differ from it.
struct stored_certificate {
  using policy = protocol::certificate_policy;
  protocol::certificate_properties properties;
  sealed_part value;
  std::string record_key;
  sealed_part secret_value = {};  // sealed for secret_value_record(record_key)
};

// What was told of the current version's expiry: each is told once.
enum class expiry_stage : std::uint8_t { none, near, expired };
struct told_expiry {
  std::string version;
  expiry_stage stage = expiry_stage::none;
};

template <class Stored>
struct object {
  std::string name;                                     // in the case of its first creation
  std::vector<std::shared_ptr<const Stored>> versions;  // in order of creation; the last is current
  std::optional<protocol::deletion> deleted;
  std::string last_request;  // id of the last mutation: a repeated request is answered, not redone
  std::shared_ptr<const typename Stored::policy> policy = nullptr;  // null: never set
  told_expiry told = {};

  [[nodiscard]] const std::shared_ptr<const Stored>& current() const { return versions.back(); }
};

// A certificate operation; `value` is the private key of its request, empty once it is completed.
struct stored_pending {
  protocol::pending_operation operation;
  sealed_part value;
  std::string record_key;
};
struct stored_issuer {
  protocol::certificate_issuer issuer;
  sealed_part password;
  std::string record_key;
};

// Something to be told to whoever listens (CONTRACT: Event Grid's Microsoft.KeyVault events), kept
// until it was taken.
struct notice {
  std::string id;
  std::string type;         // "SecretNewVersionCreated"
  std::string object_type;  // "Secret"
  std::string name, version;
  std::optional<protocol::unix_seconds> not_before, expires;
  protocol::unix_seconds time = 0;
};

// Objects of one kind, by lower-case name. Active and deleted ones apart, so that a page costs the
// same however many of the others there are.
template <class Stored>
struct object_set {
  using map = std::map<std::string, object<Stored>, std::less<>>;
  map active;
  map deleted;
};

// A vault's content in memory: a function of its records.
struct vault_state {
  vault_identity_ptr identity;
  object_set<stored_secret> secrets;
  object_set<stored_key> keys;
  object_set<stored_certificate> certificates;
  std::map<std::string, std::shared_ptr<const stored_pending>, std::less<>> pending;  // lower name
  std::map<std::string, std::shared_ptr<const stored_issuer>, std::less<>> issuers;   // lower name
  std::vector<protocol::contact> contacts;
  std::map<std::string, notice, std::less<>> notices;  // by id
};

}  // namespace twinkeep::regions
