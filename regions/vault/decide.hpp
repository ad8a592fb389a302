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

namespace twinkeep::regions {

// Answers are shared immutable values; the session turns them into JSON and opens sealed values.
struct secret_answer {
  std::string name;
  std::shared_ptr<const stored_secret> secret;
  std::optional<protocol::deletion> deleted;
  bool with_value = false;  // set: the value is the request's own, and `secret->value` is empty
};
struct key_answer {
  std::string name;
  std::shared_ptr<const stored_key> key;
  std::optional<protocol::deletion> deleted;
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
template <class Stored>
struct backup_answer {
  std::string name;
  std::vector<std::shared_ptr<const Stored>> versions;
};
using secret_backup = backup_answer<stored_secret>;
using key_backup = backup_answer<stored_key>;
struct empty_answer {};  // 204

// Not answers but work for a crypto actor. After `use_key` it answers the client itself; after
// `generate_key` the vault decides again with the key in its context.
struct use_key {
  std::string name;
  std::shared_ptr<const stored_key> key;
};
struct generate_key {
  crypto::key_spec spec;
};

using verdict = std::variant<protocol::error, secret_answer, key_answer, secret_page, key_page,
                             secret_backup, key_backup, empty_answer, use_key, generate_key>;

// What a decision depends on besides the vault and the request.
struct request_context {
  protocol::unix_seconds now = 0;
  std::string request_id;     // the same when a request is sent again after its vault was lost
  std::string fresh_version;  // 32 hex digits, for the version that the request makes
  const crypto::generated_key* generated = nullptr;  // the second time for key_create
};

struct decision {
  regions::verdict verdict;           // sent only once `records` are committed
  std::vector<plain_record> records;  // empty for a read, an error, and a repeated request
};

// Decides one request on a vault. Plain function on plain data: no clock, no randomness, no lock.
// Rights and read-only mode are decided before (access.hpp, admission.hpp).
[[nodiscard]] decision decide(const vault_state& vault, const protocol::request& request,
                              const request_context& context);

// The purges that the service itself owes: deleted objects whose scheduled purge date has come,
// purge protection or not (Azure: soft-delete overview).
inline constexpr std::size_t purges_at_once = 64;
[[nodiscard]] std::vector<protocol::request> due_purges(const vault_state& vault,
                                                        protocol::unix_seconds now);

// The object that a request changes ("s/<lower-name>"): mutations of one object are decided one
// after the other, each on the committed result of the one before.
[[nodiscard]] std::string object_of(const protocol::request& request);

}  // namespace twinkeep::regions
