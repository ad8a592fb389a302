#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crypto/algorithms.hpp"
#include "crypto/secret_bytes.hpp"
#include "protocol/attributes.hpp"
#include "protocol/key.hpp"
#include "protocol/operations.hpp"
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
};

struct update_key {
  std::optional<std::vector<key_operation>> key_ops;  // replaces; may be empty
  attributes_input attributes;
  std::optional<tag_map> tags;
};

// encrypt, decrypt, wrap, unwrap, sign: value. verify: digest, and value is the signature.
struct crypto_parameters {
  const crypto::algorithm* algorithm = nullptr;
  crypto::secret_bytes value;
  bytes digest;
};

// What a backup blob holds, opened. The versions are in the order of their making.
struct restored_secret_version {
  secret_properties properties;
  crypto::secret_bytes value;
};
struct restored_key_version {
  key_properties properties;
  crypto::secret_bytes material;  // PKCS#8
};
struct restore_secret {
  std::string name;
  std::vector<restored_secret_version> versions;
};
struct restore_key {
  std::string name;
  std::vector<restored_key_version> versions;
};

struct page_request {
  unsigned max_results = max_page_size;
  std::string after;  // opaque position from a skip token; empty: from the start
};

using request_body = std::variant<std::monostate, set_secret, update_secret, create_key, update_key,
                                  crypto_parameters, restore_secret, restore_key, page_request>;

// One data-plane request, checked for form, not yet for rights or against the vault's state.
struct request {
  operation_id operation = operation_id::secret_get;
  std::string name;     // as the client wrote it; compared without case
  std::string version;  // empty: the current one
  request_body body;
};
using request_ptr = std::shared_ptr<const request>;

}  // namespace twinkeep::protocol
