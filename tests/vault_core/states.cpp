// The states of a name (CONTRACT 7.1): every operation in every state, for secrets and for keys;
// and what a failed-over vault allows, written out by hand.
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "regions/vault/admission.hpp"
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;
using protocol::object_kind;

enum class state { absent, active, deleted };
constexpr auto states = {state::absent, state::active, state::deleted};

// The operations of one kind of object under one name.
struct operations_of {
  object_kind kind;
  id get, update, remove, versions, backup, restore, get_deleted, recover, purge;
};
constexpr operations_of secret_operations{
    object_kind::secret,      id::secret_get,    id::secret_update,  id::secret_delete,
    id::secret_list_versions, id::secret_backup, id::secret_restore, id::secret_get_deleted,
    id::secret_recover,       id::secret_purge};
constexpr operations_of key_operations{
    object_kind::key, id::key_get,     id::key_update,      id::key_delete,  id::key_list_versions,
    id::key_backup,   id::key_restore, id::key_get_deleted, id::key_recover, id::key_purge};

protocol::request make(object_kind kind, std::string name) {
  if (kind == object_kind::secret) return set(std::move(name), "v");
  return create(std::move(name), ec_256);
}

protocol::request change(const operations_of& o, std::string name) {
  protocol::request_body body;
  if (o.kind == object_kind::secret) {
    body = protocol::update_secret{};
  } else {
    body = protocol::update_key{};
  }
  return ask_for(o.update, std::move(name), "", std::move(body));
}

protocol::request restore(const operations_of& o, const std::string& name) {
  if (o.kind == object_kind::secret) {
    protocol::restore_secret blob{name, {}};
    blob.versions.push_back({{"0a", {}, {}, {}, false}, crypto::secret_bytes(1)});
    return ask_for(o.restore, "", "", std::move(blob));
  }
  auto made = *provider().generate(ec_256);
  protocol::restore_key blob{name, {}};
  blob.versions.push_back({{}, std::move(made.material)});
  blob.versions.back().properties.version = "0a";
  blob.versions.back().properties.pub = made.pub;
  return ask_for(o.restore, "", "", std::move(blob));
}

// Requests cannot be copied: they wipe what they hold.
template <class... Requests>
std::vector<protocol::request> list_of(Requests... requests) {
  std::vector<protocol::request> list;
  (list.push_back(std::move(requests)), ...);
  return list;
}

void bring_to(test_vault& vault, const operations_of& o, state s) {
  if (s == state::absent) return;
  vault.send(make(o.kind, "Name"));
  if (s == state::deleted) vault.send(ask_for(o.remove, "name"));
}

std::string not_found(const operations_of& o) {
  return o.kind == object_kind::secret ? "404 SecretNotFound" : "404 KeyNotFound";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(name_states)

BOOST_AUTO_TEST_CASE(every_operation_in_every_state_of_a_name) {
  for (const auto& o : {secret_operations, key_operations}) {
    const auto missing = not_found(o);
    const std::string reuse = "409 Conflict ObjectIsDeletedButRecoverable";
    struct row {
      const char* what;
      protocol::request request;
      std::map<state, std::string> outcomes;
    };
    std::vector<row> rows;
    const auto add = [&](const char* what, protocol::request request, std::string absent,
                         std::string active, std::string deleted) {
      rows.push_back({what,
                      std::move(request),
                      {{state::absent, std::move(absent)},
                       {state::active, std::move(active)},
                       {state::deleted, std::move(deleted)}}});
    };
    add("make", make(o.kind, "NAME"), "ok", "ok", reuse);
    add("get", ask_for(o.get, "name"), missing, "ok", missing);
    add("update", change(o, "name"), missing, "ok", missing);
    add("delete", ask_for(o.remove, "name"), missing, "ok", missing);
    add("versions", ask_for(o.versions, "name"), "ok", "ok", "ok");
    add("backup", ask_for(o.backup, "name"), missing, "ok", missing);
    add("restore", restore(o, "NAME"), "ok", "409 Conflict", reuse);
    add("get deleted", ask_for(o.get_deleted, "name"), missing, missing, "ok");
    add("recover", ask_for(o.recover, "name"), missing, missing, "ok");
    add("purge", ask_for(o.purge, "name"), missing, missing, "ok");
    for (const auto& r : rows) {
      for (const auto s : states) {
        test_vault vault;
        bring_to(vault, o, s);
        const auto before = describe(vault.state());
        const auto outcome = outcome_of(vault.send(r.request));
        BOOST_TEST(outcome == r.outcomes.at(s), r.what << " of a " << to_string(o.kind)
                                                       << " in state " << static_cast<int>(s)
                                                       << ": " << outcome);
        if (outcome != "ok") BOOST_TEST(describe(vault.state()) == before);
        BOOST_TEST(vault.reload().ok());
      }
    }
  }
}

// A name goes round: each state can be reached from each, and nothing of an earlier life is left.
BOOST_AUTO_TEST_CASE(a_name_can_live_again_after_each_of_its_ends) {
  for (const auto& o : {secret_operations, key_operations}) {
    test_vault vault;
    for (int life = 0; life < 3; ++life) {
      vault.send(make(o.kind, "name"));
      vault.send(make(o.kind, "name"));
      vault.send(ask_for(o.remove, "name"));
      vault.send(ask_for(o.recover, "name"));
      vault.send(ask_for(o.remove, "name"));
      BOOST_TEST(vault.records().size() == 3u);  // a head and two versions
      vault.send(ask_for(o.purge, "name"));
      BOOST_TEST(vault.records().empty());
    }
    BOOST_TEST(outcome_of(vault.send(restore(o, "name"))) == "ok");
  }
}

BOOST_AUTO_TEST_CASE(a_repeated_mutation_is_answered_and_not_redone) {
  for (const auto& o : {secret_operations, key_operations}) {
    for (const auto s : states) {
      std::vector<protocol::request> mutations;
      if (s == state::absent) mutations = list_of(make(o.kind, "name"), restore(o, "name"));
      if (s == state::active) {
        mutations = list_of(make(o.kind, "name"), change(o, "name"), ask_for(o.remove, "name"));
      }
      if (s == state::deleted) mutations = list_of(ask_for(o.recover, "name"));
      for (const auto& request : mutations) {
        BOOST_TEST_CONTEXT(protocol::row_of(request.operation).name) {
          test_vault vault;
          bring_to(vault, o, s);
          BOOST_TEST(outcome_of(vault.send(request)) == "ok");
          BOOST_TEST(!vault.last_batch().empty());
          vault.now += 100;
          const auto before = describe(vault.state());
          BOOST_TEST(outcome_of(vault.send_again(request)) == "ok");
          BOOST_TEST(vault.last_batch().empty());
          BOOST_TEST(describe(vault.state()) == before);
        }
      }
    }
  }
}

// It is remembered by the records alone: the vault that is asked again is another one.
BOOST_AUTO_TEST_CASE(a_repeated_mutation_is_known_to_a_vault_that_was_loaded_anew) {
  test_vault vault;
  const regions::request_context context{vault.now, "r-1", "0a", nullptr};
  BOOST_REQUIRE(
      vault.apply(vault.seal(decide(vault.state(), set("db", "v"), context).records)).ok());
  const auto request = update("db", "", {{}, 7, {}, {}});
  const auto first = decide(vault.state(), request, {vault.now, "r-2", "0b", nullptr});
  // A head and the one version: all that a store would have of it.
  const auto loaded = regions::load_vault(vault.identity, vault.seal(first.records));
  BOOST_REQUIRE_MESSAGE(loaded.ok(), why(loaded));
  const auto again = decide(*loaded, request, {vault.now + 50, "r-2", "0c", nullptr});
  BOOST_TEST(again.records.empty());
  BOOST_TEST(secret(again.verdict).secret->properties.attributes.updated == vault.now);
}

// Azure's list for a vault that is failed over, by the operations' names: whoever adds an operation
// decides here, too, on which side it stands.
BOOST_AUTO_TEST_CASE(what_a_failed_over_vault_allows_is_exactly_the_documented_list) {
  // Reads that Azure's list does not name, but that are reads like those that it does.
  const std::set<std::string_view> allowed{"SecretGet",
                                           "SecretList",
                                           "SecretListVersions",
                                           "SecretBackup",
                                           "SecretGetDeleted",
                                           "SecretListDeleted",
                                           "KeyGet",
                                           "KeyList",
                                           "KeyListVersions",
                                           "KeyBackup",
                                           "KeyGetDeleted",
                                           "KeyListDeleted",
                                           "KeyEncrypt",
                                           "KeyDecrypt",
                                           "KeyWrap",
                                           "KeyUnwrap",
                                           "KeySign",
                                           "KeyVerify",
                                           "KeyRotationPolicyGet",
                                           "CertificateGet",
                                           "CertificateList",
                                           "CertificateListVersions",
                                           "CertificateBackup",
                                           "CertificateGetDeleted",
                                           "CertificateListDeleted",
                                           "CertificatePolicyGet",
                                           "CertificatePendingGet",
                                           "CertificateContactsGet",
                                           "CertificateIssuersList",
                                           "CertificateIssuerGet"};
  const std::set<std::string_view> refused{"SecretSet",
                                           "SecretUpdate",
                                           "SecretDelete",
                                           "SecretRestore",
                                           "SecretRecover",
                                           "SecretPurge",
                                           "KeyCreate",
                                           "KeyImport",
                                           "KeyUpdate",
                                           "KeyDelete",
                                           "KeyRestore",
                                           "KeyRecover",
                                           "KeyPurge",
                                           "KeyRotate",
                                           "KeyRotationPolicySet",
                                           "KeyRelease",
                                           "KeyAttestationGet",
                                           "RandomBytesGet",
                                           "CertificateCreate",
                                           "CertificateImport",
                                           "CertificateUpdate",
                                           "CertificateDelete",
                                           "CertificateRestore",
                                           "CertificateRecover",
                                           "CertificatePurge",
                                           "CertificatePolicySet",
                                           "CertificatePendingUpdate",
                                           "CertificatePendingDelete",
                                           "CertificatePendingMerge",
                                           "CertificateContactsSet",
                                           "CertificateContactsDelete",
                                           "CertificateIssuerSet",
                                           "CertificateIssuerUpdate",
                                           "CertificateIssuerDelete"};
  for (const auto& row : protocol::operations()) {
    const auto answer = regions::refuse_for_mode(row, regions::vault_mode::read_only,
                                                 {"demo", "eastus2", "centralus", 1});
    BOOST_TEST((answer ? refused : allowed).contains(row.name), row.name);
  }
  BOOST_TEST(protocol::operations().size() == allowed.size() + refused.size());
}

// What is let in on a failed-over vault changes nothing, whatever it decides.
BOOST_AUTO_TEST_CASE(what_is_allowed_there_writes_nothing) {
  test_vault vault;
  for (const auto kind : {object_kind::secret, object_kind::key}) vault.send(make(kind, "name"));
  for (const auto& row : protocol::operations()) {
    if (!row.allowed_in_read_only) continue;
    auto request = ask_for(row.id, "name");
    if (row.effect == protocol::effect::crypto) request = use(row.id, "name", "ES256", 32, 32);
    const auto decided = vault.ask(request);
    BOOST_TEST(decided.records.empty(), row.name);
    BOOST_TEST(!std::holds_alternative<regions::vault_work>(decided.verdict), row.name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
