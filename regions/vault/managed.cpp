#include "regions/vault/managed.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "regions/vault/records.hpp"

namespace twinkeep::regions {

namespace {

using crypto::key_usage;
using protocol::key_operation;

struct permitted {
  key_usage usage;
  std::array<key_operation, 2> operations;
};
constexpr std::array permissions = std::to_array<permitted>({
    {key_usage::digital_signature, {key_operation::sign, key_operation::verify}},
    {key_usage::non_repudiation, {key_operation::sign, key_operation::verify}},
    {key_usage::key_cert_sign, {key_operation::sign, key_operation::verify}},
    {key_usage::crl_sign, {key_operation::sign, key_operation::verify}},
    {key_usage::data_encipherment, {key_operation::encrypt, key_operation::decrypt}},
    {key_usage::key_encipherment, {key_operation::wrap_key, key_operation::unwrap_key}},
    {key_usage::encipher_only, {key_operation::encrypt, key_operation::encrypt}},
    {key_usage::decipher_only, {key_operation::decrypt, key_operation::decrypt}},
});

std::shared_ptr<const stored_key> key_of(const stored_certificate& c) {
  protocol::key_properties key;
  key.version = c.properties.version;
  key.attributes = c.properties.attributes;
  key.tags = c.properties.tags;
  key.pub = c.properties.pub;
  key.key_ops = operations_of(c.properties.usages, key.pub.type);
  key.hsm = c.properties.hsm;
  key.managed = true;
  return std::make_shared<const stored_key>(stored_key{std::move(key), c.value, c.record_key});
}

std::shared_ptr<const stored_secret> secret_of(const stored_certificate& c) {
  protocol::secret_properties secret;
  secret.version = c.properties.version;
  secret.attributes = c.properties.attributes;
  secret.tags = c.properties.tags;
  secret.content_type = c.properties.content_type;
  secret.managed = true;
  return std::make_shared<const stored_secret>(
      stored_secret{std::move(secret), c.secret_value, secret_value_record(c.record_key)});
}

template <class Stored>
void drop(object_set<Stored>& objects, std::string_view lower_name) {
  for (auto* part : {&objects.active, &objects.deleted}) {
    const auto it = part->find(lower_name);
    if (it != part->end() && it->second.current()->properties.managed) part->erase(it);
  }
}

template <class Stored, class Derive>
void put_managed(object_set<Stored>& objects, std::string_view lower_name,
                 const object<stored_certificate>& from, Derive derive) {
  object<Stored> made;
  made.name = from.name;
  made.deleted = from.deleted;
  for (const auto& version : from.versions) {
    if (!version->properties.is_pending()) made.versions.push_back(derive(*version));
  }
  if (made.versions.empty()) return;
  auto& place = made.deleted ? objects.deleted : objects.active;
  place.try_emplace(std::string(lower_name), std::move(made));
}

}  // namespace

std::vector<key_operation> operations_of(const std::vector<key_usage>& usages,
                                         crypto::key_type type) {
  static const std::vector<key_usage> none_given{key_usage::digital_signature,
                                                 key_usage::key_encipherment};
  std::set<key_operation> allowed;
  for (const auto usage : usages.empty() ? none_given : usages) {
    const auto row = std::ranges::find(permissions, usage, &permitted::usage);
    if (row != permissions.end()) allowed.insert(row->operations.begin(), row->operations.end());
  }
  // In the order of answers, and nothing that the key's type cannot do.
  auto operations = protocol::default_key_operations(type);
  std::erase_if(operations, [&](key_operation op) { return !allowed.contains(op); });
  return operations;
}

void drop_managed(vault_state& vault, std::string_view lower_name) {
  drop(vault.keys, lower_name);
  drop(vault.secrets, lower_name);
}

void derive_managed(vault_state& vault, std::string_view lower_name) {
  const object<stored_certificate>* from = nullptr;
  for (const auto* part : {&vault.certificates.active, &vault.certificates.deleted}) {
    if (const auto it = part->find(lower_name); it != part->end()) from = &it->second;
  }
  if (from == nullptr) return;
  put_managed(vault.keys, lower_name, *from, key_of);
  put_managed(vault.secrets, lower_name, *from, secret_of);
}

}  // namespace twinkeep::regions
