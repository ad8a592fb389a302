#include "protocol/operations.hpp"

#include <cstddef>

namespace twinkeep::protocol {

namespace {

using id = operation_id;
using m = http_method;
constexpr auto secret = object_kind::secret;
constexpr auto key = object_kind::key;
constexpr auto read = effect::read;
constexpr auto use = effect::crypto;
constexpr auto mutate = effect::mutate;
constexpr auto safe = retry::safe;
constexpr auto never = retry::never;

// THE operation table. Paths: api-version 2025-07-01 of secrets.json and keys.json; names: Azure's
// AuditEvent log; permissions and data actions: CONTRACT 10; allowed in read-only: what Azure
// documents for a vault that is failed over, backup included (CONTRACT 9.3).
constexpr std::array table = std::to_array<operation>({
    {id::secret_set, "SecretSet", m::put, "/secrets/{name}", secret, "set",
     "secrets/setSecret/action", "set", mutate, false, never},
    {id::secret_get, "SecretGet", m::get, "/secrets/{name}/{version?}", secret, "get",
     "secrets/getSecret/action", "get", read, true, safe},
    {id::secret_update, "SecretUpdate", m::patch, "/secrets/{name}/{version?}", secret, "set",
     "secrets/update/action", "update", mutate, false, never},
    {id::secret_delete, "SecretDelete", m::delete_, "/secrets/{name}", secret, "delete",
     "secrets/delete", "delete", mutate, false, never},
    {id::secret_list, "SecretList", m::get, "/secrets", secret, "list",
     "secrets/readMetadata/action", "list", read, true, safe},
    {id::secret_list_versions, "SecretListVersions", m::get, "/secrets/{name}/versions", secret,
     "list", "secrets/readMetadata/action", "list", read, true, safe},
    {id::secret_backup, "SecretBackup", m::post, "/secrets/{name}/backup", secret, "backup",
     "secrets/backup/action", "backup", read, true, safe},
    {id::secret_restore, "SecretRestore", m::post, "/secrets/restore", secret, "restore",
     "secrets/restore/action", "restore", mutate, false, never},
    {id::secret_get_deleted, "SecretGetDeleted", m::get, "/deletedsecrets/{name}", secret, "get",
     "secrets/readMetadata/action", "get", read, true, safe},
    {id::secret_list_deleted, "SecretListDeleted", m::get, "/deletedsecrets", secret, "list",
     "secrets/readMetadata/action", "list", read, true, safe},
    {id::secret_recover, "SecretRecover", m::post, "/deletedsecrets/{name}/recover", secret,
     "recover", "secrets/recover/action", "recover", mutate, false, never},
    {id::secret_purge, "SecretPurge", m::delete_, "/deletedsecrets/{name}", secret, "purge",
     "secrets/purge/action", "purge", mutate, false, never},

    {id::key_create, "KeyCreate", m::post, "/keys/{name}/create", key, "create",
     "keys/create/action", "create", mutate, false, never},
    {id::key_get, "KeyGet", m::get, "/keys/{name}/{version?}", key, "get", "keys/read", "get", read,
     true, safe},
    {id::key_update, "KeyUpdate", m::patch, "/keys/{name}/{version?}", key, "update",
     "keys/update/action", "update", mutate, false, never},
    {id::key_delete, "KeyDelete", m::delete_, "/keys/{name}", key, "delete", "keys/delete",
     "delete", mutate, false, never},
    {id::key_list, "KeyList", m::get, "/keys", key, "list", "keys/read", "list", read, true, safe},
    {id::key_list_versions, "KeyListVersions", m::get, "/keys/{name}/versions", key, "list",
     "keys/read", "list", read, true, safe},
    {id::key_backup, "KeyBackup", m::post, "/keys/{name}/backup", key, "backup",
     "keys/backup/action", "backup", read, true, safe},
    {id::key_restore, "KeyRestore", m::post, "/keys/restore", key, "restore", "keys/restore/action",
     "restore", mutate, false, never},
    {id::key_get_deleted, "KeyGetDeleted", m::get, "/deletedkeys/{name}", key, "get", "keys/read",
     "get", read, true, safe},
    {id::key_list_deleted, "KeyListDeleted", m::get, "/deletedkeys", key, "list", "keys/read",
     "list", read, true, safe},
    {id::key_recover, "KeyRecover", m::post, "/deletedkeys/{name}/recover", key, "recover",
     "keys/recover/action", "recover", mutate, false, never},
    {id::key_purge, "KeyPurge", m::delete_, "/deletedkeys/{name}", key, "purge",
     "keys/purge/action", "purge", mutate, false, never},
    {id::key_encrypt, "KeyEncrypt", m::post, "/keys/{name}/{version?}/encrypt", key, "encrypt",
     "keys/encrypt/action", "encrypt", use, true, safe},
    {id::key_decrypt, "KeyDecrypt", m::post, "/keys/{name}/{version?}/decrypt", key, "decrypt",
     "keys/decrypt/action", "decrypt", use, true, safe},
    {id::key_wrap, "KeyWrap", m::post, "/keys/{name}/{version?}/wrapkey", key, "wrapKey",
     "keys/wrap/action", "wrapKey", use, true, safe},
    {id::key_unwrap, "KeyUnwrap", m::post, "/keys/{name}/{version?}/unwrapkey", key, "unwrapKey",
     "keys/unwrap/action", "unwrapKey", use, true, safe},
    {id::key_sign, "KeySign", m::post, "/keys/{name}/{version?}/sign", key, "sign",
     "keys/sign/action", "sign", use, true, safe},
    {id::key_verify, "KeyVerify", m::post, "/keys/{name}/{version?}/verify", key, "verify",
     "keys/verify/action", "verify", use, true, safe},
});

constexpr bool in_enum_order() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].id) != i) return false;
  }
  return table.back().id == operation_id::key_verify;
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
    if (mutates && (row.allowed_in_read_only || row.retry != retry::never)) return false;
    // What changes nothing may be answered by the paired region, and asked again there.
    if (!mutates && (!row.allowed_in_read_only || row.retry != retry::safe)) return false;
  }
  return true;
}
static_assert(mutations_are_guarded());

constexpr bool texts_are_complete() {
  for (const auto& row : table) {
    const bool of_secrets = row.kind == object_kind::secret;
    if (!row.name.starts_with(of_secrets ? "Secret" : "Key")) return false;
    if (!row.path.starts_with(of_secrets ? "/secrets" : "/keys") &&
        !row.path.starts_with(of_secrets ? "/deletedsecrets" : "/deletedkeys")) {
      return false;
    }
    if (!row.data_action.starts_with(of_secrets ? "secrets/" : "keys/")) return false;
    if (row.permission.empty() || row.verb.empty()) return false;
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
  return kind == object_kind::secret ? "secret" : "key";
}

std::string_view collection_of(object_kind kind) {
  return kind == object_kind::secret ? "secrets" : "keys";
}

std::string_view deleted_collection_of(object_kind kind) {
  return kind == object_kind::secret ? "deletedsecrets" : "deletedkeys";
}

}  // namespace twinkeep::protocol
