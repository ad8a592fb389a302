#include "protocol/operations.hpp"

#include <cstddef>

namespace twinkeep::protocol {

namespace {

using id = operation_id;
using m = http_method;
constexpr auto secret = object_kind::secret;
constexpr auto key = object_kind::key;
constexpr auto certificate = object_kind::certificate;
constexpr auto read = effect::read;
constexpr auto use = effect::crypto;
constexpr auto mutate = effect::mutate;
constexpr auto safe = retry::safe;
constexpr auto never = retry::never;
constexpr auto single = shape::single;
constexpr auto page = shape::page;
constexpr auto from_blob = shape::restore;

// THE operation table. Paths: api-version 2025-07-01 of secrets.json, keys.json and
// certificates.json; names: Azure's AuditEvent log; permissions and data actions: CONTRACT 10;
// allowed in read-only: what Azure documents for a vault that is failed over, backup included
// (CONTRACT 9.3).
constexpr std::array table = std::to_array<operation>({
    {id::secret_set, "SecretSet", m::put, "/secrets/{name}", secret, "set",
     "secrets/setSecret/action", "set", mutate, false, never, single, true},
    {id::secret_get, "SecretGet", m::get, "/secrets/{name}/{version?}", secret, "get",
     "secrets/getSecret/action", "get", read, true, safe, single, false},
    {id::secret_update, "SecretUpdate", m::patch, "/secrets/{name}/{version?}", secret, "set",
     "secrets/update/action", "update", mutate, false, never, single, true},
    {id::secret_delete, "SecretDelete", m::delete_, "/secrets/{name}", secret, "delete",
     "secrets/delete", "delete", mutate, false, never, single, false},
    {id::secret_list, "SecretList", m::get, "/secrets", secret, "list",
     "secrets/readMetadata/action", "list", read, true, safe, page, false},
    {id::secret_list_versions, "SecretListVersions", m::get, "/secrets/{name}/versions", secret,
     "list", "secrets/readMetadata/action", "list", read, true, safe, page, false},
    {id::secret_backup, "SecretBackup", m::post, "/secrets/{name}/backup", secret, "backup",
     "secrets/backup/action", "backup", read, true, safe, single, false},
    {id::secret_restore, "SecretRestore", m::post, "/secrets/restore", secret, "restore",
     "secrets/restore/action", "restore", mutate, false, never, from_blob, true},
    {id::secret_get_deleted, "SecretGetDeleted", m::get, "/deletedsecrets/{name}", secret, "get",
     "secrets/readMetadata/action", "get", read, true, safe, single, false},
    {id::secret_list_deleted, "SecretListDeleted", m::get, "/deletedsecrets", secret, "list",
     "secrets/readMetadata/action", "list", read, true, safe, page, false},
    {id::secret_recover, "SecretRecover", m::post, "/deletedsecrets/{name}/recover", secret,
     "recover", "secrets/recover/action", "recover", mutate, false, never, single, false},
    {id::secret_purge, "SecretPurge", m::delete_, "/deletedsecrets/{name}", secret, "purge",
     "secrets/purge/action", "purge", mutate, false, never, single, false},

    {id::key_create, "KeyCreate", m::post, "/keys/{name}/create", key, "create",
     "keys/create/action", "create", mutate, false, never, single, true},
    {id::key_import, "KeyImport", m::put, "/keys/{name}", key, "import", "keys/import/action",
     "import", mutate, false, never, single, true},
    {id::key_get, "KeyGet", m::get, "/keys/{name}/{version?}", key, "get", "keys/read", "get", read,
     true, safe, single, false},
    {id::key_update, "KeyUpdate", m::patch, "/keys/{name}/{version?}", key, "update",
     "keys/update/action", "update", mutate, false, never, single, true},
    {id::key_delete, "KeyDelete", m::delete_, "/keys/{name}", key, "delete", "keys/delete",
     "delete", mutate, false, never, single, false},
    {id::key_list, "KeyList", m::get, "/keys", key, "list", "keys/read", "list", read, true, safe,
     page, false},
    {id::key_list_versions, "KeyListVersions", m::get, "/keys/{name}/versions", key, "list",
     "keys/read", "list", read, true, safe, page, false},
    {id::key_backup, "KeyBackup", m::post, "/keys/{name}/backup", key, "backup",
     "keys/backup/action", "backup", read, true, safe, single, false},
    {id::key_restore, "KeyRestore", m::post, "/keys/restore", key, "restore", "keys/restore/action",
     "restore", mutate, false, never, from_blob, true},
    {id::key_get_deleted, "KeyGetDeleted", m::get, "/deletedkeys/{name}", key, "get", "keys/read",
     "get", read, true, safe, single, false},
    {id::key_list_deleted, "KeyListDeleted", m::get, "/deletedkeys", key, "list", "keys/read",
     "list", read, true, safe, page, false},
    {id::key_recover, "KeyRecover", m::post, "/deletedkeys/{name}/recover", key, "recover",
     "keys/recover/action", "recover", mutate, false, never, single, false},
    {id::key_purge, "KeyPurge", m::delete_, "/deletedkeys/{name}", key, "purge",
     "keys/purge/action", "purge", mutate, false, never, single, false},
    {id::key_encrypt, "KeyEncrypt", m::post, "/keys/{name}/{version?}/encrypt", key, "encrypt",
     "keys/encrypt/action", "encrypt", use, true, safe, single, true},
    {id::key_decrypt, "KeyDecrypt", m::post, "/keys/{name}/{version?}/decrypt", key, "decrypt",
     "keys/decrypt/action", "decrypt", use, true, safe, single, true},
    {id::key_wrap, "KeyWrap", m::post, "/keys/{name}/{version?}/wrapkey", key, "wrapKey",
     "keys/wrap/action", "wrapKey", use, true, safe, single, true},
    {id::key_unwrap, "KeyUnwrap", m::post, "/keys/{name}/{version?}/unwrapkey", key, "unwrapKey",
     "keys/unwrap/action", "unwrapKey", use, true, safe, single, true},
    {id::key_sign, "KeySign", m::post, "/keys/{name}/{version?}/sign", key, "sign",
     "keys/sign/action", "sign", use, true, safe, single, true},
    {id::key_verify, "KeyVerify", m::post, "/keys/{name}/{version?}/verify", key, "verify",
     "keys/verify/action", "verify", use, true, safe, single, true},
    {id::key_rotate, "KeyRotate", m::post, "/keys/{name}/rotate", key, "rotate",
     "keys/rotate/action", "rotate", mutate, false, never, single, false},
    {id::key_get_rotation_policy, "KeyRotationPolicyGet", m::get, "/keys/{name}/rotationpolicy",
     key, "getrotationpolicy", "keyrotationpolicies/read", "getRotationPolicy", read, true, safe,
     single, false},
    {id::key_set_rotation_policy, "KeyRotationPolicySet", m::put, "/keys/{name}/rotationpolicy",
     key, "setrotationpolicy", "keyrotationpolicies/write", "setRotationPolicy", mutate, false,
     never, single, true},
    {id::key_release, "KeyRelease", m::post, "/keys/{name}/{version?}/release", key, "release",
     "keys/release/action", "release", use, false, never, single, true},
    {id::key_get_attestation, "KeyAttestationGet", m::get, "/keys/{name}/{version?}/attestation",
     key, "get", "keys/read", "getAttestation", read, false, never, single, false},
    {id::random_bytes, "RandomBytesGet", m::post, "/rng", key, "get", "keys/read", "getRandomBytes",
     read, false, never, single, true},

    {id::certificate_create, "CertificateCreate", m::post, "/certificates/{name}/create",
     certificate, "create", "certificates/create/action", "create", mutate, false, never, single,
     true},
    {id::certificate_import, "CertificateImport", m::post, "/certificates/{name}/import",
     certificate, "import", "certificates/import/action", "import", mutate, false, never, single,
     true},
    {id::certificate_get, "CertificateGet", m::get, "/certificates/{name}/{version?}", certificate,
     "get", "certificates/read", "get", read, true, safe, single, false},
    {id::certificate_update, "CertificateUpdate", m::patch, "/certificates/{name}/{version?}",
     certificate, "update", "certificates/update/action", "update", mutate, false, never, single,
     true},
    {id::certificate_delete, "CertificateDelete", m::delete_, "/certificates/{name}", certificate,
     "delete", "certificates/delete", "delete", mutate, false, never, single, false},
    {id::certificate_list, "CertificateList", m::get, "/certificates", certificate, "list",
     "certificates/read", "list", read, true, safe, page, false},
    {id::certificate_list_versions, "CertificateListVersions", m::get,
     "/certificates/{name}/versions", certificate, "list", "certificates/read", "list", read, true,
     safe, page, false},
    {id::certificate_backup, "CertificateBackup", m::post, "/certificates/{name}/backup",
     certificate, "backup", "certificates/backup/action", "backup", read, true, safe, single,
     false},
    {id::certificate_restore, "CertificateRestore", m::post, "/certificates/restore", certificate,
     "restore", "certificates/restore/action", "restore", mutate, false, never, from_blob, true},
    {id::certificate_get_deleted, "CertificateGetDeleted", m::get, "/deletedcertificates/{name}",
     certificate, "get", "certificates/read", "get", read, true, safe, single, false},
    {id::certificate_list_deleted, "CertificateListDeleted", m::get, "/deletedcertificates",
     certificate, "list", "certificates/read", "list", read, true, safe, page, false},
    {id::certificate_recover, "CertificateRecover", m::post, "/deletedcertificates/{name}/recover",
     certificate, "recover", "certificates/recover/action", "recover", mutate, false, never, single,
     false},
    {id::certificate_purge, "CertificatePurge", m::delete_, "/deletedcertificates/{name}",
     certificate, "purge", "certificates/purge/action", "purge", mutate, false, never, single,
     false},
    {id::certificate_get_policy, "CertificatePolicyGet", m::get, "/certificates/{name}/policy",
     certificate, "get", "certificates/read", "get", read, true, safe, single, false},
    {id::certificate_update_policy, "CertificatePolicySet", m::patch, "/certificates/{name}/policy",
     certificate, "update", "certificates/update/action", "update", mutate, false, never, single,
     true},
    {id::certificate_get_pending, "CertificatePendingGet", m::get, "/certificates/{name}/pending",
     certificate, "get", "certificates/read", "get", read, true, safe, single, false},
    {id::certificate_cancel_pending, "CertificatePendingUpdate", m::patch,
     "/certificates/{name}/pending", certificate, "update", "certificates/update/action", "update",
     mutate, false, never, single, true},
    {id::certificate_delete_pending, "CertificatePendingDelete", m::delete_,
     "/certificates/{name}/pending", certificate, "update", "certificates/update/action", "delete",
     mutate, false, never, single, false},
    {id::certificate_merge, "CertificatePendingMerge", m::post,
     "/certificates/{name}/pending/merge", certificate, "create", "certificates/create/action",
     "merge", mutate, false, never, single, true},
    {id::contacts_get, "CertificateContactsGet", m::get, "/certificates/contacts", certificate,
     "managecontacts", "certificatecontacts/write", "get", read, true, safe, single, false},
    {id::contacts_set, "CertificateContactsSet", m::put, "/certificates/contacts", certificate,
     "managecontacts", "certificatecontacts/write", "set", mutate, false, never, single, true},
    {id::contacts_delete, "CertificateContactsDelete", m::delete_, "/certificates/contacts",
     certificate, "managecontacts", "certificatecontacts/write", "delete", mutate, false, never,
     single, false},
    {id::issuer_list, "CertificateIssuersList", m::get, "/certificates/issuers", certificate,
     "listissuers", "certificatecas/read", "list", read, true, safe, page, false},
    {id::issuer_get, "CertificateIssuerGet", m::get, "/certificates/issuers/{name}", certificate,
     "getissuers", "certificatecas/read", "get", read, true, safe, single, false},
    {id::issuer_set, "CertificateIssuerSet", m::put, "/certificates/issuers/{name}", certificate,
     "setissuers", "certificatecas/write", "set", mutate, false, never, single, true},
    {id::issuer_update, "CertificateIssuerUpdate", m::patch, "/certificates/issuers/{name}",
     certificate, "setissuers", "certificatecas/write", "update", mutate, false, never, single,
     true},
    {id::issuer_delete, "CertificateIssuerDelete", m::delete_, "/certificates/issuers/{name}",
     certificate, "deleteissuers", "certificatecas/delete", "delete", mutate, false, never, single,
     false},
});

constexpr bool in_enum_order() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].id) != i) return false;
  }
  return table.size() == operation_count;
}
static_assert(in_enum_order(), "a row for every operation, indexed by the enumeration");

constexpr bool names_and_routes_are_unique() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (table[i].name == table[j].name) return false;
      if (table[i].method == table[j].method && table[i].path == table[j].path) return false;
    }
  }
  return true;
}
static_assert(names_and_routes_are_unique());

constexpr bool mutations_are_guarded() {
  for (const auto& row : table) {
    const bool mutates = row.effect == effect::mutate;
    if (mutates && row.allowed_in_read_only) return false;
    // What the paired region may answer may be asked again there, and nothing else.
    if (row.allowed_in_read_only != (row.retry == retry::safe)) return false;
  }
  return true;
}
static_assert(mutations_are_guarded());

struct kind_row {
  object_kind kind;
  std::string_view name, capital, collection, deleted_collection;
};
constexpr std::array kinds = std::to_array<kind_row>({
    {secret, "secret", "Secret", "secrets", "deletedsecrets"},
    {key, "key", "Key", "keys", "deletedkeys"},
    {certificate, "certificate", "Certificate", "certificates", "deletedcertificates"},
});

constexpr const kind_row& facts_of(object_kind kind) {
  return kinds[std::size_t(kind)];
}

constexpr bool texts_are_complete() {
  for (const auto& row : table) {
    const auto& kind = facts_of(row.kind);
    if (kind.kind != row.kind || row.permission.empty() || row.verb.empty()) return false;
    if (row.id == operation_id::random_bytes) continue;
    if (!row.name.starts_with(kind.capital)) return false;
    const auto path = row.path.substr(1);
    if (!path.starts_with(kind.collection) && !path.starts_with(kind.deleted_collection)) {
      return false;
    }
    if (!row.data_action.starts_with(kind.name)) return false;
    const bool may_have_body = row.method != http_method::get && row.method != http_method::delete_;
    if (row.has_body && !may_have_body) return false;
    if (row.shape == shape::restore && !row.has_body) return false;
  }
  return true;
}
static_assert(texts_are_complete());

}  // namespace

std::span<const operation> operations() {
  return table;
}

const operation& row_of(operation_id wanted) {
  return table.at(std::size_t(wanted));
}

std::string_view to_string(http_method method) {
  constexpr std::array<std::string_view, 5> names{"GET", "PUT", "POST", "PATCH", "DELETE"};
  return names.at(std::size_t(method));
}

std::string_view to_string(object_kind kind) {
  return facts_of(kind).name;
}

std::string_view capital(object_kind kind) {
  return facts_of(kind).capital;
}

std::string_view collection_of(object_kind kind) {
  return facts_of(kind).collection;
}

std::string_view deleted_collection_of(object_kind kind) {
  return facts_of(kind).deleted_collection;
}

}  // namespace twinkeep::protocol
