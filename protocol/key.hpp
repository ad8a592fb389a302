#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/key_provider.hpp"
#include "protocol/attributes.hpp"

namespace twinkeep::protocol {

// What `kty` tells: a type, and whether an HSM has the private half ("RSA", "RSA-HSM").
struct key_kind {
  crypto::key_type type = crypto::key_type::rsa;
  bool hsm = false;
  bool operator==(const key_kind&) const = default;
};
[[nodiscard]] std::string_view to_string(key_kind kind);
[[nodiscard]] std::optional<key_kind> find_key_kind(std::string_view name);  // exact

// key_ops (RFC 7517 §4.3, and "import" and "export" of the service), in the order of answers.
enum class key_operation : std::uint8_t {
  encrypt,
  decrypt,
  sign,
  verify,
  wrap_key,
  unwrap_key,
  import_,
  export_,
};
[[nodiscard]] std::string_view to_string(key_operation op);  // "wrapKey"
[[nodiscard]] std::optional<key_operation> find_key_operation(std::string_view name);
// What a key of the type can do at all, in the order that is also the default of key_ops.
[[nodiscard]] std::vector<key_operation> default_key_operations(crypto::key_type type);

// Under which circumstances a key may be released (CONTRACT 5.5). The data is kept as it came.
struct release_policy {
  std::string content_type = "application/json; charset=utf-8";
  bytes data;
  bool immutable = false;
  bool operator==(const release_policy&) const = default;
};

// Everything about one version of a key but its private half.
struct key_properties {
  std::string version;
  protocol::attributes attributes;
  std::vector<key_operation> key_ops;
  crypto::public_key pub;
  tag_map tags;
  bool exportable = false;
  std::optional<release_policy> release;
  bool hsm = false;      // kty RSA-HSM, EC-HSM, oct-HSM: the private half is an HSM's
  bool managed = false;  // belongs to the certificate of the same name and version

  [[nodiscard]] key_kind kind() const { return {pub.type, hsm}; }
};

}  // namespace twinkeep::protocol
