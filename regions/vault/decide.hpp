#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crypto/key_provider.hpp"
#include "protocol/errors.hpp"
#include "protocol/requests.hpp"
#include "regions/vault/records.hpp"
#include "regions/vault/vault_state.hpp"
#include "regions/vault/work.hpp"

namespace twinkeep::regions {

// Answers are shared immutable values; the session turns them into JSON and opens sealed values.
struct secret_answer {
  std::string name;
  std::shared_ptr<const stored_secret> secret;
  std::optional<protocol::deletion> deleted;
  bool with_value = false;  // set: the value is the request's own, and `secret->value` is empty
  std::shared_ptr<const stored_certificate> as_pem;  // the value is to be written from it, as PEM
};
struct key_answer {
  std::string name;
  std::shared_ptr<const stored_key> key;
  std::optional<protocol::deletion> deleted;
};
struct certificate_answer {
  std::string name;
  std::shared_ptr<const stored_certificate> certificate;
  std::shared_ptr<const protocol::certificate_policy> policy;
  std::optional<protocol::deletion> deleted;
  bool has_pending = false;
  bool merged = false;  // 201
};
template <class Stored>
struct page_answer {
  struct item {
    std::string name;
    std::shared_ptr<const Stored> version;
    std::optional<protocol::deletion> deleted;
  };
  std::vector<item> items;
  std::string next;  // page_request::after of the next page; empty: the last page
};
using secret_page = page_answer<stored_secret>;
using key_page = page_answer<stored_key>;
using certificate_page = page_answer<stored_certificate>;
template <class Stored>
struct backup_answer {
  std::string name;
  std::vector<std::shared_ptr<const Stored>> versions;
  std::shared_ptr<const typename Stored::policy> policy;
};
using secret_backup = backup_answer<stored_secret>;
using key_backup = backup_answer<stored_key>;
using certificate_backup = backup_answer<stored_certificate>;
struct rotation_policy_answer {
  std::string name;
  std::shared_ptr<const protocol::rotation_policy> policy;  // null: never set
};
struct policy_answer {
  std::string name;
  std::shared_ptr<const protocol::certificate_policy> policy;
};
struct pending_answer {
  protocol::pending_operation operation;
  bool created = false;  // 202
};
struct contacts_answer {
  std::vector<protocol::contact> contacts;
};
struct issuer_answer {
  std::shared_ptr<const stored_issuer> issuer;
};
struct issuer_page {
  std::vector<std::shared_ptr<const stored_issuer>> items;
  std::string next;
};
struct random_answer {
  unsigned count = 0;  // made by whoever writes the answer
};
struct empty_answer {};  // 204

// Not answers but work for a crypto actor. After `use_key` it answers the client itself; after
// `vault_work` the vault decides again with the result in its context.
struct use_key {
  std::string name;
  std::shared_ptr<const stored_key> key;
};

using verdict =
    std::variant<protocol::error, secret_answer, key_answer, certificate_answer, secret_page,
                 key_page, certificate_page, secret_backup, key_backup, certificate_backup,
                 rotation_policy_answer, policy_answer, pending_answer, contacts_answer,
                 issuer_answer, issuer_page, random_answer, empty_answer, use_key, vault_work>;

// What a decision depends on besides the vault and the request.
struct request_context {
  protocol::unix_seconds now = 0;
  std::string request_id;     // the same when a request is sent again after its vault was lost
  std::string fresh_version;  // 32 hex digits, for the version that the request makes
  const work_result* done = nullptr;  // the second time, after `vault_work`
};

struct decision {
  regions::verdict verdict;           // sent only once `records` are committed
  std::vector<plain_record> records;  // empty for a read, an error, and a repeated request
};

// Decides one request on a vault. Plain function on plain data: no clock, no randomness, no lock.
// Rights and read-only mode are decided before (access.hpp, admission.hpp).
[[nodiscard]] decision decide(const vault_state& vault, const protocol::request& request,
                              const request_context& context);

// What a request changes, whatever its kind: mutations of one name are decided one after the other,
// each on the committed result of the one before. A certificate's name is its key's and secret's.
[[nodiscard]] std::string object_of(const protocol::request& request);

}  // namespace twinkeep::regions
