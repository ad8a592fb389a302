#include "tests/vault_core/generator.hpp"

#include "protocol/identifiers.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;
using protocol::request_body;

// Some differ by case only, some sort between others' records.
constexpr std::string_view names[] = {"a", "A", "a-b", "ab", "A-B-1"};
constexpr std::string_view issuers[] = {"ca", "CA", "a"};

bool is_about_issuers(id operation) {
  return operation >= id::issuer_list && operation <= id::issuer_delete;
}

// In the places of a blob's own values nothing is looked at.
template <class Restored>
void name_versions(Restored& blob, seeded_random& random) {
  for (auto& v : blob.versions) {
    v.properties.version = crypto::random_hex_id(random);
    v.properties.attributes.created = static_cast<std::int64_t>(random.below(1000));
  }
}

template <class Set>
std::string version_in(const Set& objects, const std::string& name, seeded_random& random) {
  const auto it = objects.active.find(protocol::lower(name));
  if (it == objects.active.end()) return "00";
  const auto& versions = it->second.versions;
  return versions[random.below(versions.size())]->properties.version;
}

}  // namespace

protocol::request generator::next() {
  const auto all = protocol::operations();
  const auto* row = &all[random_.below(all.size())];
  while (row->effect != protocol::effect::mutate && !one_in(4)) {
    row = &all[random_.below(all.size())];
  }
  name_ = is_about_issuers(row->id) ? issuers[random_.below(std::size(issuers))]
                                    : names[random_.below(std::size(names))];
  // A pending operation is rare; what is about one looks for it.
  const bool of_pending =
      row->id == id::certificate_merge || row->id == id::certificate_cancel_pending;
  if (of_pending && !vault_.state().pending.empty()) {
    const auto n = random_.below(vault_.state().pending.size());
    name_ = std::next(vault_.state().pending.begin(), std::ptrdiff_t(n))->second->operation.name;
  }
  const auto made = makers().find(row->id);
  if (made != makers().end()) {
    auto body = (this->*made->second)();
    return ask_for(row->id, name_, some_version(row->kind), std::move(body));
  }
  if (row->id == id::key_sign) return use(row->id, name_, "ES256", 32);
  return ask_for(
      row->id, name_, some_version(row->kind),
      protocol::page_request{static_cast<unsigned>(random_.below(30)), one_in(2) ? "" : text()});
}

std::string generator::text() {
  return std::string(random_.below(40), static_cast<char>('a' + random_.below(26)));
}

protocol::attributes_input generator::attributes() {
  protocol::attributes_input input;
  if (one_in(3)) input.enabled = !one_in(3);
  if (one_in(3)) input.not_before = static_cast<std::int64_t>(random_.below(50));
  if (one_in(3)) input.expires = static_cast<std::int64_t>(random_.below(50));
  if (one_in(3)) input.expires = vault_.now + static_cast<std::int64_t>(random_.below(100)) * day;
  return input;
}

std::optional<protocol::tag_map> generator::tags() {
  if (one_in(2)) return std::nullopt;
  protocol::tag_map made;
  for (auto n = random_.below(4); n > 0; --n) {
    made[std::string("t").append(std::to_string(n))] = text();
  }
  return made;
}

std::optional<protocol::release_policy> generator::release() {
  if (!one_in(4)) return std::nullopt;
  return protocol::release_policy{"application/json", bytes{'{', '}'}, one_in(3)};
}

crypto::key_spec generator::spec() {
  constexpr crypto::key_type types[] = {crypto::key_type::rsa, crypto::key_type::ec,
                                        crypto::key_type::oct};
  constexpr crypto::curve curves[] = {crypto::curve::p256, crypto::curve::p256k};
  return {types[random_.below(3)], 2048, curves[random_.below(2)], 128};
}

std::string generator::some_version(protocol::object_kind kind) {
  if (one_in(2)) return {};
  switch (kind) {
    case protocol::object_kind::secret:
      return version_in(vault_.state().secrets, name_, random_);
    case protocol::object_kind::key:
      return version_in(vault_.state().keys, name_, random_);
    case protocol::object_kind::certificate:
      break;
  }
  return version_in(vault_.state().certificates, name_, random_);
}

request_body generator::set_secret() {
  protocol::set_secret made;
  made.value = crypto::secret_bytes::copy_of(as_bytes(text()));
  if (one_in(2)) made.content_type = text();
  made.attributes = attributes();
  made.tags = tags();
  return made;
}

request_body generator::update_secret() {
  if (!vault_.state().notices.empty() && one_in(4)) {
    return protocol::notice_taken{vault_.state().notices.begin()->first};
  }
  return protocol::update_secret{text(), attributes(), tags()};
}

request_body generator::restore_secret() {
  protocol::restore_secret made{name_, {}};
  made.versions.resize(random_.below(4));
  name_versions(made, random_);
  for (auto& v : made.versions) v.value = crypto::secret_bytes(5);
  return made;
}

request_body generator::create_key() {
  auto given = attributes();
  auto policy = release();
  if (policy) given.exportable = true;
  const auto what = spec();
  auto labels = tags();
  const bool hsm = labels && !labels->empty();  // no die of its own: what follows stays as it was
  return protocol::create_key{what, {}, given, std::move(labels), std::move(policy), hsm};
}

request_body generator::import_key() {
  return protocol::import_key{ec_jwk(), {}, attributes(), tags(), {}};
}

request_body generator::update_key() {
  return protocol::update_key{std::vector<protocol::key_operation>{}, attributes(), tags(),
                              release()};
}

request_body generator::restore_key() {
  protocol::restore_key made{name_, {}};
  made.versions.resize(random_.below(4));
  name_versions(made, random_);
  for (auto& v : made.versions) {
    auto fresh = *provider().generate(ec_256);
    v.properties.pub = fresh.pub;
    v.material = std::move(fresh.material);
  }
  return made;
}

request_body generator::rotation_policy() {
  protocol::set_rotation_policy made;
  if (!one_in(3)) made.expiry_time = protocol::calendar_period{0, 0, 40};
  protocol::rotation_rule rule;
  (one_in(2) ? rule.after_create : rule.before_expiry) = protocol::calendar_period{0, 0, 20};
  if (!one_in(4)) made.actions.push_back(rule);
  return made;
}

protocol::policy_input generator::policy() {
  constexpr std::string_view some[] = {"Self", "Unknown", "ca", "self"};
  auto made = ec_policy(std::string(some[random_.below(4)]));
  if (one_in(3)) made.reuse_key = one_in(2);
  if (one_in(3)) made.exportable = one_in(2);
  if (one_in(2)) made.content_type = std::string(protocol::pem_content_type);
  if (one_in(2)) made.validity_months = 1 + static_cast<unsigned>(random_.below(3));
  return made;
}

request_body generator::create_certificate() {
  protocol::create_certificate made{policy(), attributes(), tags(), one_in(3)};
  made.policy.kind->hsm = made.tags && !made.tags->empty();
  return made;
}

request_body generator::import_certificate() {
  protocol::import_certificate made;
  made.value = crypto::secret_bytes::copy_of(pem_bundle().view());
  made.is_pem = true;
  if (one_in(2)) made.policy = policy();
  made.attributes = attributes();
  made.tags = tags();
  if (made.policy) made.policy->kind->hsm = made.tags && !made.tags->empty();
  return made;
}

request_body generator::update_certificate() {
  protocol::update_certificate made{{}, attributes(), tags()};
  if (one_in(2)) made.policy = policy();
  return made;
}

// Of one that there is, under the name of the request.
request_body generator::restore_certificate() {
  for (const auto& [name, o] : vault_.state().certificates.active) {
    if (o.current()->properties.is_pending()) continue;
    auto request = restore_of(vault_, id::certificate_backup, name);
    std::get<protocol::restore_certificate>(request.body).name = name_;
    return std::move(request.body);
  }
  return protocol::restore_certificate{name_, {}, {}};
}

const protocol::pending_operation* generator::awaited() const {
  const auto it = vault_.state().pending.find(protocol::lower(name_));
  if (it == vault_.state().pending.end()) return nullptr;
  return &it->second->operation;
}

request_body generator::merge_certificate() {
  const auto* operation = awaited();
  if (one_in(3)) return protocol::issue_pending{};
  if (operation == nullptr) return protocol::merge_certificate{{bytes{1}}, {}, {}};
  return protocol::merge_certificate{signed_outside(*operation, vault_.now), attributes(), tags()};
}

request_body generator::contacts() {
  protocol::set_contacts made;
  for (auto n = random_.below(3); n > 0; --n) made.contacts.push_back({text() + "@x", {}, text()});
  return made;
}

request_body generator::issuer() {
  protocol::issuer_input made;
  if (!one_in(4)) made.provider = one_in(3) ? "DigiCert" : "Twinkeep";
  if (one_in(2)) made.password = crypto::secret_bytes::copy_of(as_bytes(text()));
  if (one_in(2)) made.account_id = text();
  if (one_in(4)) made.enabled = one_in(2);
  return made;
}

const std::map<operation_id, generator::maker>& generator::makers() {
  using g = generator;
  static const std::map<operation_id, maker> table{
      {id::secret_set, &g::set_secret},
      {id::secret_update, &g::update_secret},
      {id::secret_restore, &g::restore_secret},
      {id::key_create, &g::create_key},
      {id::key_import, &g::import_key},
      {id::key_update, &g::update_key},
      {id::key_restore, &g::restore_key},
      {id::key_set_rotation_policy, &g::rotation_policy},
      {id::certificate_create, &g::create_certificate},
      {id::certificate_import, &g::import_certificate},
      {id::certificate_update, &g::update_certificate},
      {id::certificate_restore, &g::restore_certificate},
      {id::certificate_update_policy, &g::update_policy},
      {id::certificate_merge, &g::merge_certificate},
      {id::certificate_cancel_pending, &g::cancel},
      {id::contacts_set, &g::contacts},
      {id::issuer_set, &g::issuer},
      {id::issuer_update, &g::issuer},
  };
  return table;
}

}  // namespace twinkeep::vault_tests
