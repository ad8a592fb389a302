#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crypto/secret_bytes.hpp"
#include "protocol/errors.hpp"
#include "protocol/key.hpp"
#include "protocol/secret.hpp"

namespace twinkeep::protocol::json {

// What an answer needs to know about where it is given.
struct answer_context {
  std::string_view base_url;     // "https://demo.vault.localhost:8443": no trailing slash
  std::string_view api_version;  // as asked
  recovery_rules recovery;
};

// Answers carry secrets: their text wipes itself.
using text = crypto::wiping_chars;

// `value` absent: not shown (update, delete, recover, restore). A managed secret shows "managed"
// and, as "kid", the key of the same name and version.
[[nodiscard]] text write_secret(const answer_context& context, std::string_view name,
                                const secret_properties& secret,
                                const std::optional<deletion>& deleted,
                                const std::optional<byte_view>& value);
[[nodiscard]] text write_key(const answer_context& context, std::string_view name,
                             const key_properties& key, const std::optional<deletion>& deleted);

// One row of a list. In lists of versions the id carries the version, elsewhere not.
struct secret_item {
  std::string_view name;
  const secret_properties* properties;
  std::optional<deletion> deleted;
};
struct key_item {
  std::string_view name;
  const key_properties* properties;
  std::optional<deletion> deleted;
};
// `path` is the list's own ("/secrets", "/secrets/n/versions"), `next` the opaque position of the
// next page or empty (then nextLink is null).
struct page_context {
  answer_context answer;
  std::string_view path;
  std::string_view next;
  unsigned max_results;
  bool with_version;
};
[[nodiscard]] text write_secret_page(const page_context& page, std::span<const secret_item> items);
[[nodiscard]] text write_key_page(const page_context& page, std::span<const key_item> items);

// {"kid", "value"} of a crypto operation, and iv, tag and aad where they are not empty;
// {"value": bool} of verify; {"value"} of backup.
struct crypto_output {
  byte_view value, iv, tag, aad;
};
[[nodiscard]] text write_crypto_result(const answer_context& context, std::string_view name,
                                       std::string_view version, const crypto_output& output);
[[nodiscard]] text write_verify_result(bool valid);
[[nodiscard]] text write_backup(byte_view blob);

[[nodiscard]] std::string write_error(const error& e);

}  // namespace twinkeep::protocol::json
