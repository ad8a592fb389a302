#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crypto/barrier.hpp"
#include "protocol/key.hpp"
#include "protocol/secret.hpp"
#include "regions/store/batch.hpp"

namespace twinkeep::regions {

// What stays the same while a vault is served. Shared with the sessions that write its answers.
struct vault_identity {
  std::string name;         // as configured
  std::string home_region;  // also while the pair serves it: part of every record's seal
  protocol::recovery_rules recovery;
  crypto::data_key_ptr key;
};
using vault_identity_ptr = std::shared_ptr<const vault_identity>;

// A sealed part of a record, without a copy: the record's buffer is shared with the store's batch.
struct sealed_part {
  record_value buffer;
  std::size_t offset = 0;
  std::size_t size = 0;
  [[nodiscard]] byte_view view() const { return byte_view(*buffer).subspan(offset, size); }
  [[nodiscard]] bool empty() const { return size == 0; }
};

// One version as the vault keeps it: properties in the clear in memory, the value (a secret's
// value, a key's PKCS#8) sealed. Immutable; handed out by pointer.
template <class Properties>
struct stored_version {
  Properties properties;
  sealed_part value;
  std::string record_key;  // what the value is sealed for
};
using stored_secret = stored_version<protocol::secret_properties>;
using stored_key = stored_version<protocol::key_properties>;

template <class Stored>
struct object {
  std::string name;                                     // in the case of its first creation
  std::vector<std::shared_ptr<const Stored>> versions;  // in order of creation; the last is current
  std::optional<protocol::deletion> deleted;
  std::string last_request;  // id of the last mutation: a repeated request is answered, not redone

  [[nodiscard]] const std::shared_ptr<const Stored>& current() const { return versions.back(); }
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
};

}  // namespace twinkeep::regions
