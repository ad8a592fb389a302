#include "regions/vault/apply_single.hpp"

#include "protocol/identifiers.hpp"
#include "protocol/json/stored.hpp"
#include "regions/vault/notices.hpp"
#include "regions/vault/records.hpp"

namespace twinkeep::regions {

namespace {

using crypto::error_code;

failure<crypto::error> not_as_its_key_says(const record_change& change) {
  return crypto::fail(error_code::corrupt, "record " + change.key + " is not what its key says");
}

crypto::outcome<void> put_pending(vault_state& vault, std::string_view lower_name,
                                  const record_change& change, opened_record opened) {
  auto operation = protocol::json::load_pending(as_text(opened.meta.view()));
  if (!operation) return failure{std::move(operation).error()};
  if (protocol::lower(operation->name) != lower_name) return not_as_its_key_says(change);
  vault.pending.insert_or_assign(std::string(lower_name),
                                 std::make_shared<const stored_pending>(stored_pending{
                                     std::move(*operation), std::move(opened.value), change.key}));
  return {};
}

crypto::outcome<void> put_issuer(vault_state& vault, std::string_view lower_name,
                                 const record_change& change, opened_record opened) {
  auto issuer = protocol::json::load_issuer(as_text(opened.meta.view()));
  if (!issuer) return failure{std::move(issuer).error()};
  if (protocol::lower(issuer->name) != lower_name) return not_as_its_key_says(change);
  vault.issuers.insert_or_assign(std::string(lower_name),
                                 std::make_shared<const stored_issuer>(stored_issuer{
                                     std::move(*issuer), std::move(opened.value), change.key}));
  return {};
}

crypto::outcome<void> put_notice(vault_state& vault, std::string_view id,
                                 const record_change& change, const opened_record& opened) {
  auto told = read_notice(as_text(opened.meta.view()));
  if (!told) return failure{std::move(told).error()};
  if (told->id != id) return not_as_its_key_says(change);
  vault.notices.insert_or_assign(std::string(id), std::move(*told));
  return {};
}

crypto::outcome<void> put_contacts(vault_state& vault, const opened_record& opened) {
  auto contacts = protocol::json::load_contacts(as_text(opened.meta.view()));
  if (!contacts) return failure{std::move(contacts).error()};
  vault.contacts = std::move(*contacts);
  return {};
}

template <class Map>
void remove(Map& from, std::string_view key) {
  if (const auto it = from.find(key); it != from.end()) from.erase(it);
}

}  // namespace

crypto::outcome<void> apply_single(vault_state& vault, const record_change& change) {
  const std::string_view key = change.key;
  const auto prefix = key.substr(0, std::min(key.size(), pending_prefix.size()));
  const auto name = key.substr(prefix.size());
  const bool is_pending = prefix == pending_prefix;
  const bool is_issuer = prefix == issuer_prefix;
  const bool is_notice = prefix == notice_prefix;
  if (!is_pending && !is_issuer && !is_notice && key != contacts_record) {
    return crypto::fail(error_code::corrupt, "record " + change.key + " is of no known kind");
  }
  if (!change.value) {
    if (is_pending) remove(vault.pending, name);
    if (is_issuer) remove(vault.issuers, name);
    if (is_notice) remove(vault.notices, name);
    if (key == contacts_record) vault.contacts.clear();
    return {};
  }
  auto opened = open_record(*vault.identity, change);
  if (!opened) return failure{std::move(opened).error()};
  if (is_pending) return put_pending(vault, name, change, std::move(*opened));
  if (is_issuer) return put_issuer(vault, name, change, std::move(*opened));
  if (is_notice) return put_notice(vault, name, change, *opened);
  return put_contacts(vault, *opened);
}

}  // namespace twinkeep::regions
