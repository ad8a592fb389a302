#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crypto/algorithms.hpp"
#include "crypto/secret_bytes.hpp"
#include "protocol/attributes.hpp"
#include "protocol/certificate.hpp"
#include "protocol/key.hpp"
#include "protocol/operations.hpp"
#include "protocol/rotation_policy.hpp"
#include "protocol/secret.hpp"

namespace twinkeep::protocol {

// Typed bodies, one a shape of request. Values that may be secret are secret_bytes, so that a
// request moves and never copies.
struct set_secret {
  crypto::secret_bytes value;  // UTF-8
  std::optional<std::string> content_type;
  attributes_input attributes;
  std::optional<tag_map> tags;
};

struct update_secret {
  std::optional<std::string> content_type;
  attributes_input attributes;
  std::optional<tag_map> tags;  // replaces the whole set; absent keeps it
};

struct create_key {
  crypto::key_spec spec;
  std::optional<std::vector<key_operation>> key_ops;
  attributes_input attributes;
  std::optional<tag_map> tags;
  std::optional<release_policy> release;
  bool hsm = false;  // kty RSA-HSM, EC-HSM, oct-HSM
};

// A key that comes from an HSM of the client's (BYOK): what the JWK's `key_hsm` holds.
struct key_transfer {
  std::string name, version;  // of the key-exchange key, as the client wrote them
  bytes ciphertext;           // see crypto::transferred_key
};

struct import_key {
  crypto::private_jwk key;
  std::optional<std::vector<key_operation>> key_ops;  // of the JWK
  attributes_input attributes;
  std::optional<tag_map> tags;
  std::optional<release_policy> release;
  bool hsm = false;                           // kty RSA-HSM, EC-HSM, oct-HSM, or `Hsm`
  std::optional<key_transfer> transfer = {};  // instead of the JWK's numbers
};

struct update_key {
  std::optional<std::vector<key_operation>> key_ops;  // replaces; may be empty
  attributes_input attributes;
  std::optional<tag_map> tags;
  std::optional<release_policy> release;
};

// encrypt, decrypt, wrap, unwrap, sign: value. verify: digest, and value is the signature.
struct crypto_parameters {
  const crypto::algorithm* algorithm = nullptr;
  crypto::secret_bytes value;
  bytes digest;
  bytes iv = {}, aad = {}, tag = {};  // symmetric keys
};

struct set_rotation_policy {
  std::vector<rotation_rule> actions;
  std::optional<calendar_period> expiry_time;
};

struct random_bytes {
  unsigned count = 0;  // 1 to 128
};

struct release_key {
  std::string target;  // the attestation
};

struct create_certificate {
  policy_input policy;
  attributes_input attributes;
  std::optional<tag_map> tags;
  bool preserve_order = false;
};

struct import_certificate {
  crypto::secret_bytes value;  // PEM text, or the DER of PKCS#12 (base64 taken off)
  bool is_pem = false;
  crypto::secret_bytes password;  // empty: none
  std::optional<policy_input> policy;
  attributes_input attributes;
  std::optional<tag_map> tags;
  bool preserve_order = false;
};

struct update_certificate {
  policy_input policy;
  attributes_input attributes;
  std::optional<tag_map> tags;
};

// The answer of an outside authority.
struct merge_certificate {
  std::vector<bytes> chain;  // DER
  attributes_input attributes;
  std::optional<tag_map> tags;
};

struct cancel_pending {
  bool requested = false;
};

struct set_contacts {
  std::vector<contact> contacts;
};

// What the service itself does in its own time, under the operation that a client would use for it.
struct issue_pending {};      // certificate_merge: Self, or the built-in authority, signs
struct renew_certificate {};  // certificate_create, with the policy that there is
struct tell_expiry {          // an update: a notice that the version expires soon, or has expired
  std::string version;
  bool expired = false;
};
struct notice_taken {  // an update: somebody has taken the notice, it need not be kept
  std::string id;
};

// What a backup blob holds, opened. The versions are in the order of their making.
struct restored_secret_version {
  secret_properties properties;
  crypto::secret_bytes value;
};
struct restored_key_version {
  key_properties properties;
  crypto::secret_bytes material;  // as key_provider::load takes it
};
struct restored_certificate_version {
  certificate_properties properties;
  crypto::secret_bytes material;      // PKCS#8, or an HSM key's
  crypto::secret_bytes secret_value;  // of its secret
};
struct restore_secret {
  std::string name;
  std::vector<restored_secret_version> versions;
};
struct restore_key {
  std::string name;
  std::vector<restored_key_version> versions;
};

struct restore_certificate {
  std::string name;
  certificate_policy policy;
  std::vector<restored_certificate_version> versions;
};

struct page_request {
  unsigned max_results = max_page_size;
  std::string after;             // opaque position from a skip token; empty: from the start
  bool include_pending = false;  // certificates
};

// Query parameters of single operations.
struct secret_format {
  std::string content_type;  // outContentType; empty: as it is kept
};
struct pending_filter {
  std::string request_id;  // empty: whichever it is
};

using request_body =
    std::variant<std::monostate, set_secret, update_secret, create_key, import_key, update_key,
                 crypto_parameters, set_rotation_policy, random_bytes, release_key,
                 create_certificate, import_certificate, update_certificate, policy_input,
                 merge_certificate, cancel_pending, set_contacts, issuer_input, issue_pending,
                 renew_certificate, tell_expiry, notice_taken, restore_secret, restore_key,
                 restore_certificate, page_request, secret_format, pending_filter>;

// One data-plane request, checked for form, not yet for rights or against the vault's state.
struct request {
  operation_id operation = operation_id::secret_get;
  std::string name;     // as the client wrote it; compared without case
  std::string version;  // empty: the current one
  request_body body;
};
using request_ptr = std::shared_ptr<const request>;

}  // namespace twinkeep::protocol
