#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace twinkeep::protocol {

enum class http_method : std::uint8_t { get, put, post, patch, delete_ };
enum class object_kind : std::uint8_t { secret, key, certificate };

// What an operation does to a vault.
enum class effect : std::uint8_t {
  read,    // answers from the vault's state
  crypto,  // uses a key
  mutate,  // needs a write_lease
};

// Whether the service itself may send a request again after the vault that had it was lost.
enum class retry : std::uint8_t {
  safe,   // anywhere, the paired region included
  never,  // not across regions: a write that may have happened must not happen twice
};

enum class operation_id : std::uint8_t {
  secret_set, secret_get, secret_update, secret_delete, secret_list, secret_list_versions,
  secret_backup, secret_restore, secret_get_deleted, secret_list_deleted, secret_recover,
  secret_purge,
  key_create, key_import, key_get, key_update, key_delete, key_list, key_list_versions, key_backup,
  key_restore, key_get_deleted, key_list_deleted, key_recover, key_purge, key_encrypt,
  key_decrypt, key_wrap, key_unwrap, key_sign, key_verify, key_rotate, key_get_rotation_policy,
  key_set_rotation_policy, key_release, key_get_attestation, random_bytes,
  certificate_create, certificate_import, certificate_get, certificate_update,
  certificate_delete, certificate_list, certificate_list_versions, certificate_backup,
  certificate_restore, certificate_get_deleted, certificate_list_deleted, certificate_recover,
  certificate_purge, certificate_get_policy, certificate_update_policy, certificate_get_pending,
  certificate_cancel_pending, certificate_delete_pending, certificate_merge,
  contacts_get, contacts_set, contacts_delete,
  issuer_list, issuer_get, issuer_set, issuer_update, issuer_delete,
};
inline constexpr std::size_t operation_count = std::size_t(operation_id::issuer_delete) + 1;

// What a data action of the table stands behind in its full name.
inline constexpr std::string_view data_action_prefix = "Microsoft.KeyVault/vaults/";

// What the row's answer is a page of, or whether it brings an object back from a blob.
enum class shape : std::uint8_t { single, page, restore };


// A row of THE operation table. The router, the authorizer, the read-only check, metric labels,
// audit names and the reference page derive from it.
struct operation {
  operation_id id;
  std::string_view name;         // Azure's name in its AuditEvent log: "SecretSet"
  http_method method;
  std::string_view path;         // "/secrets/{name}/{version?}": {x?} may be empty or absent
  object_kind kind;
  std::string_view permission;   // access policy permission: "get"
  std::string_view data_action;  // below Microsoft.KeyVault/vaults/: "secrets/getSecret/action"
  std::string_view verb;         // in messages: Operation <verb> is not allowed ...
  protocol::effect effect;
  bool allowed_in_read_only;     // Azure's list for a vault that is failed over
  protocol::retry retry;
  protocol::shape shape = protocol::shape::single;
  bool has_body = false;  // a POST without one (backup, recover, rotate) has none
};

[[nodiscard]] std::span<const operation> operations();
[[nodiscard]] const operation& row_of(operation_id id);
[[nodiscard]] std::string_view to_string(http_method method);
[[nodiscard]] std::string_view to_string(object_kind kind);  // "secret", "key", "certificate"
[[nodiscard]] std::string_view capital(object_kind kind);    // "Secret", ...
[[nodiscard]] std::string_view collection_of(object_kind kind);          // "secrets"
[[nodiscard]] std::string_view deleted_collection_of(object_kind kind);  // "deletedsecrets"

}  // namespace twinkeep::protocol
