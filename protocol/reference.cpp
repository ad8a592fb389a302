#include "protocol/reference.hpp"

#include <array>
#include <set>

#include "protocol/api_versions.hpp"
#include "protocol/join.hpp"
#include "protocol/management/operations.hpp"
#include "protocol/management/route.hpp"

namespace twinkeep::protocol {

namespace {

// An operation as secrets.json, keys.json and certificates.json of api-version 2025-07-01 publish
// it. `difference`: what of it is not as published; empty: it works.
struct published {
  operation_id id;
  std::string_view name;
  std::string_view difference = {};
};

constexpr std::string_view hsm_types =
    "works; the `-HSM` types in vaults of the sku Premium, which regions with HSMs have";
constexpr std::string_view hsm_types_and_transfer =
    "works; the `-HSM` types in vaults of the sku Premium, which regions with HSMs have; with "
    "`key_hsm` (BYOK): RSA-HSM and EC-HSM";
constexpr std::string_view no_hmac =
    "works; not with HS256, HS384, HS512, which Azure has in managed HSMs alone";

using id = operation_id;
constexpr std::array specification = std::to_array<published>({
    {id::secret_set, "SetSecret"},
    {id::secret_get, "GetSecret"},
    {id::secret_update, "UpdateSecret"},
    {id::secret_delete, "DeleteSecret"},
    {id::secret_list, "GetSecrets"},
    {id::secret_list_versions, "GetSecretVersions"},
    {id::secret_backup, "BackupSecret"},
    {id::secret_restore, "RestoreSecret"},
    {id::secret_get_deleted, "GetDeletedSecret"},
    {id::secret_list_deleted, "GetDeletedSecrets"},
    {id::secret_recover, "RecoverDeletedSecret"},
    {id::secret_purge, "PurgeDeletedSecret"},

    {id::key_create, "CreateKey", hsm_types},
    {id::key_import, "ImportKey", hsm_types_and_transfer},
    {id::key_get, "GetKey"},
    {id::key_update, "UpdateKey"},
    {id::key_delete, "DeleteKey"},
    {id::key_list, "GetKeys"},
    {id::key_list_versions, "GetKeyVersions"},
    {id::key_backup, "BackupKey"},
    {id::key_restore, "RestoreKey"},
    {id::key_get_deleted, "GetDeletedKey"},
    {id::key_list_deleted, "GetDeletedKeys"},
    {id::key_recover, "RecoverDeletedKey"},
    {id::key_purge, "PurgeDeletedKey"},
    {id::key_encrypt, "encrypt"},
    {id::key_decrypt, "decrypt"},
    {id::key_wrap, "wrapKey"},
    {id::key_unwrap, "unwrapKey"},
    {id::key_sign, "sign", no_hmac},
    {id::key_verify, "verify", no_hmac},
    {id::key_rotate, "RotateKey"},
    {id::key_get_rotation_policy, "GetKeyRotationPolicy"},
    {id::key_set_rotation_policy, "UpdateKeyRotationPolicy"},
    {id::key_release, "release",
     "refused: this service trusts no attestation, so no key leaves it"},
    {id::key_get_attestation, "GetKeyAttestation",
     "refused: only an HSM could attest to its key, and those behind this service do not"},
    {id::random_bytes, "GetRandomBytes"},

    {id::certificate_create, "CreateCertificate",
     "works; the `-HSM` types as with keys; issuers: `Self`, `Unknown`, and issuer objects of this "
     "service's own authority"},
    {id::certificate_import, "ImportCertificate", "works; the `-HSM` types as with keys"},
    {id::certificate_get, "GetCertificate"},
    {id::certificate_update, "UpdateCertificate"},
    {id::certificate_delete, "DeleteCertificate"},
    {id::certificate_list, "GetCertificates"},
    {id::certificate_list_versions, "GetCertificateVersions"},
    {id::certificate_backup, "BackupCertificate"},
    {id::certificate_restore, "RestoreCertificate"},
    {id::certificate_get_deleted, "GetDeletedCertificate"},
    {id::certificate_list_deleted, "GetDeletedCertificates"},
    {id::certificate_recover, "RecoverDeletedCertificate"},
    {id::certificate_purge, "PurgeDeletedCertificate"},
    {id::certificate_get_policy, "GetCertificatePolicy"},
    {id::certificate_update_policy, "UpdateCertificatePolicy"},
    {id::certificate_get_pending, "GetCertificateOperation"},
    {id::certificate_cancel_pending, "UpdateCertificateOperation"},
    {id::certificate_delete_pending, "DeleteCertificateOperation"},
    {id::certificate_merge, "MergeCertificate"},
    {id::contacts_get, "GetCertificateContacts"},
    {id::contacts_set, "SetCertificateContacts"},
    {id::contacts_delete, "DeleteCertificateContacts"},
    {id::issuer_list, "GetCertificateIssuers"},
    {id::issuer_get, "GetCertificateIssuer"},
    {id::issuer_set, "SetCertificateIssuer"},
    {id::issuer_update, "UpdateCertificateIssuer"},
    {id::issuer_delete, "DeleteCertificateIssuer"},
});

constexpr bool has_every_operation_in_order() {
  for (std::size_t i = 0; i < specification.size(); ++i) {
    if (static_cast<std::size_t>(specification[i].id) != i) return false;
    for (std::size_t j = 0; j < i; ++j) {
      if (specification[i].name == specification[j].name) return false;
    }
  }
  return specification.size() == operation_count;
}
static_assert(has_every_operation_in_order(),
              "a published name for every row of THE table, indexed by the enumeration");

constexpr std::array kinds{object_kind::secret, object_kind::key, object_kind::certificate};

std::string_view to_string(effect what) {
  constexpr std::array<std::string_view, 3> names{"read", "use of a key", "write"};
  return names.at(std::size_t(what));
}

std::string_view yes_or_no(bool answer) {
  return answer ? "yes" : "no";
}

void add_row(std::string& page, std::initializer_list<std::string_view> cells) {
  for (const auto cell : cells) page += join({"| ", cell, " "});
  page += "|\n";
}

void add_heads(std::string& page, std::initializer_list<std::string_view> heads) {
  page += '\n';
  add_row(page, heads);
  for (std::size_t i = 0; i < heads.size(); ++i) page += "|---";
  page += "|\n";
}

// "`x`"
std::string code(std::string_view text) {
  return join({"`", text, "`"});
}

std::string heading(object_kind kind) {
  return join({"\n### ", capital(kind), "s\n"});
}

void add_versions(std::string& page) {
  page += "\n## api-versions\n\nAccepted, oldest first:";
  for (const auto version : api_versions) page += join({" `", version, "`"});
  page += ".\n";
}

void add_operations(std::string& page) {
  page +=
      "\n## Operations\n\n"
      "Permission: of an access policy. Data action: of a role, below "
      "`Microsoft.KeyVault/vaults/`. Failed over: whether the paired region answers it. Repeated: "
      "whether the service itself may ask another region again after the first was lost. A "
      "`{x?}` of a path may be empty or absent: the current version.\n";
  for (const auto kind : kinds) {
    page += heading(kind);
    add_heads(page, {"Operation", "Method", "Path", "Permission", "Data action", "Effect",
                     "Failed over", "Repeated"});
    for (const auto& row : operations()) {
      if (row.kind != kind) continue;
      add_row(page, {row.name, to_string(row.method), code(row.path), code(row.permission),
                     code(row.data_action), to_string(row.effect),
                     yes_or_no(row.allowed_in_read_only), yes_or_no(row.retry == retry::safe)});
    }
  }
}

// Of each provider by the first of its operations.
void add_management_versions(std::string& page) {
  add_heads(page, {"Provider", "Accepted api-versions"});
  std::set<management::provider> shown;
  for (const auto& row : management::operations()) {
    const auto who = management::provider_of(row);
    if (!shown.insert(who).second) continue;
    std::string versions;
    for (const auto version : management::api_versions_of(row)) {
      versions += join({versions.empty() ? "" : ", ", code(version)});
    }
    add_row(page, {to_string(who), versions});
  }
}

void add_management(std::string& page) {
  page +=
      "\n## Management plane\n\n"
      "Microsoft.KeyVault, and what clients of it ask of others. Action: the right that the caller "
      "needs, by a role; none: a token is enough. Failed over: whether it is answered while the "
      "vault's region is lost. Groups, subscriptions and locations are those of "
      "Microsoft.Resources.\n";
  add_management_versions(page);
  add_heads(page, {"Operation", "Method", "Path", "Action", "Effect", "Failed over"});
  for (const auto& row : management::operations()) {
    add_row(page, {row.name, to_string(row.method), code(row.path),
                   row.action.empty() ? std::string("none") : code(row.action),
                   to_string(row.effect), yes_or_no(row.allowed_in_read_only)});
  }
}

void add_comparison(std::string& page) {
  page +=
      "\n## The published specification\n\n"
      "Every operation of `secrets.json`, `keys.json` and `certificates.json` of api-version "
      "2025-07-01, by its `operationId`.\n";
  for (const auto kind : kinds) {
    page += heading(kind);
    add_heads(page, {"operationId", "Here", "Whether it works"});
    for (const auto& each : specification) {
      const auto& row = row_of(each.id);
      if (row.kind != kind) continue;
      add_row(page, {each.name, row.name, each.difference.empty() ? "works" : each.difference});
    }
  }
}

}  // namespace

std::string_view published_name(operation_id wanted) {
  return specification.at(std::size_t(wanted)).name;
}

std::string reference_page() {
  std::string page =
      "# Reference\n\n"
      "Made from the tables of the program, and compared with them by a test "
      "(`tests/protocol/reference.cpp`): change the tables, never this page. "
      "`TWINKEEP_WRITE_REFERENCE=1 build/dev/test_protocol --run_test=the_reference_page` writes "
      "it anew.\n";
  add_versions(page);
  add_operations(page);
  add_comparison(page);
  add_management(page);
  return page;
}

}  // namespace twinkeep::protocol
