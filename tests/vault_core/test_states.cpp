// What a vault's state is, and what must always be true of it.
#include "regions/vault/kinds.hpp"
#include "regions/vault/notices.hpp"
#include "regions/vault/records.hpp"
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using regions::kind_of;
using regions::stored_certificate;
using regions::stored_key;
using regions::stored_secret;

void describe_part(std::string& out, const regions::vault_identity& identity,
                   std::string_view record_key, const regions::sealed_part& part) {
  if (part.empty()) {
    out += " none";
    return;
  }
  const auto value = regions::open_value(identity, record_key, part);
  out += ' ';
  out += value ? as_text(value->view()) : "DOES NOT OPEN";
}

template <class Stored>
void describe_version(std::string& out, const regions::vault_identity& identity,
                      const Stored& version) {
  out += "  " + version.record_key + ' ' + kind_of<Stored>::write(version.properties);
  describe_part(out, identity, version.record_key, version.value);
  if constexpr (std::is_same_v<Stored, stored_certificate>) {
    describe_part(out, identity, regions::secret_value_record(version.record_key),
                  version.secret_value);
    out += version.properties.subject + ' ' + crypto::base64url_encode(version.properties.pub.x) +
           crypto::base64url_encode(version.properties.thumbprint);
  }
  out += '\n';
}

template <class Stored>
void describe_objects(std::string& out, const regions::vault_identity& identity,
                      const typename regions::object_set<Stored>::map& objects) {
  for (const auto& [lower_name, o] : objects) {
    out += lower_name + " = " + o.name + " last " + o.last_request;
    if (o.deleted) {
      out += " deleted " + std::to_string(o.deleted->deleted_date) + ' ' +
             std::to_string(o.deleted->scheduled_purge_date);
    }
    if (o.policy != nullptr) out += " policy " + kind_of<Stored>::write_policy(*o.policy);
    out += " told " + o.told.version + ' ' + std::to_string(int(o.told.stage)) + '\n';
    for (const auto& version : o.versions) describe_version(out, identity, *version);
  }
}

template <class Stored>
void describe_set(std::string& out, const regions::vault_state& vault) {
  const auto& objects = kind_of<Stored>::objects(vault);
  out += to_string(kind_of<Stored>::kind);
  out += ": active\n";
  describe_objects<Stored>(out, *vault.identity, objects.active);
  out += "deleted\n";
  describe_objects<Stored>(out, *vault.identity, objects.deleted);
}

// How many of the objects belong to certificates.
template <class Stored>
std::size_t managed_in(const typename regions::object_set<Stored>::map& objects) {
  return std::size_t(std::ranges::count_if(
      objects, [](const auto& o) { return o.second.current()->properties.managed; }));
}

template <class Stored>
void check_twin(const regions::object<stored_certificate>& c,
                const typename regions::object_set<Stored>::map& objects,
                const std::string& lower_name) {
  const auto it = objects.find(lower_name);
  BOOST_REQUIRE_MESSAGE(it != objects.end(),
                        lower_name << " has no " << to_string(kind_of<Stored>::kind));
  const auto& twin = it->second;
  BOOST_REQUIRE_EQUAL(twin.name, c.name);
  BOOST_REQUIRE_EQUAL(twin.versions.size(), c.versions.size());
  if (c.deleted) {
    BOOST_REQUIRE_EQUAL(twin.deleted->scheduled_purge_date, c.deleted->scheduled_purge_date);
  }
  for (std::size_t i = 0; i < c.versions.size(); ++i) {
    const auto& mine = twin.versions[i]->properties;
    const auto& its = c.versions[i]->properties;
    BOOST_REQUIRE(mine.managed);
    BOOST_REQUIRE_EQUAL(mine.version, its.version);
    BOOST_REQUIRE_EQUAL(mine.attributes.enabled, its.attributes.enabled);
    BOOST_REQUIRE(mine.attributes.expires == its.attributes.expires);
    BOOST_REQUIRE_EQUAL(mine.attributes.updated, its.attributes.updated);
    BOOST_REQUIRE(mine.tags == its.tags);
  }
}

template <class Map, class KeyMap, class SecretMap>
std::size_t check_certificates(const Map& certificates, const KeyMap& keys,
                               const SecretMap& secrets) {
  std::size_t complete = 0;
  for (const auto& [lower_name, c] : certificates) {
    if (c.current()->properties.is_pending()) {
      BOOST_REQUIRE_EQUAL(c.versions.size(), 1u);
      BOOST_REQUIRE(!c.current()->properties.attributes.enabled);
      BOOST_REQUIRE(!keys.contains(lower_name));
      BOOST_REQUIRE(!secrets.contains(lower_name));
      continue;
    }
    ++complete;
    check_twin<stored_key>(c, keys, lower_name);
    check_twin<stored_secret>(c, secrets, lower_name);
    const auto& public_half = keys.at(lower_name).current()->properties.pub;
    BOOST_REQUIRE(crypto::same_key(public_half, c.current()->properties.pub));
  }
  return complete;
}

}  // namespace

std::string describe(const regions::vault_state& vault) {
  using namespace protocol::json;
  std::string out;
  const auto& identity = *vault.identity;
  describe_set<stored_secret>(out, vault);
  describe_set<stored_key>(out, vault);
  describe_set<stored_certificate>(out, vault);
  for (const auto& [name, p] : vault.pending) {
    out += "pending " + name + ' ' + store_pending(p->operation);
    describe_part(out, identity, p->record_key, p->value);
    out += '\n';
  }
  for (const auto& [name, i] : vault.issuers) {
    out += "issuer " + name + ' ' + store_issuer(i->issuer);
    describe_part(out, identity, i->record_key, i->password);
    out += '\n';
  }
  out += "contacts " + store_contacts(vault.contacts) + '\n';
  for (const auto& [id, n] : vault.notices) {
    out += "notice " + id + ' ' + regions::write_notice(n) + '\n';
  }
  return out;
}

void check_managed(const regions::vault_state& vault) {
  const auto active =
      check_certificates(vault.certificates.active, vault.keys.active, vault.secrets.active);
  const auto deleted =
      check_certificates(vault.certificates.deleted, vault.keys.deleted, vault.secrets.deleted);
  BOOST_REQUIRE_EQUAL(managed_in<stored_key>(vault.keys.active), active);
  BOOST_REQUIRE_EQUAL(managed_in<stored_secret>(vault.secrets.active), active);
  BOOST_REQUIRE_EQUAL(managed_in<stored_key>(vault.keys.deleted), deleted);
  BOOST_REQUIRE_EQUAL(managed_in<stored_secret>(vault.secrets.deleted), deleted);
}

}  // namespace twinkeep::vault_tests
