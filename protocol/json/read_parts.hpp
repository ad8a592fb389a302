#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/json/reader.hpp"
#include "protocol/requests.hpp"

// The parts of which request bodies are made, and a function for each body. Internal to protocol/.
namespace twinkeep::protocol::json {

// ---- values ----

// The texts of policies, issuers and contacts: far more than any has.
inline constexpr std::size_t max_text_chars = 1024;
// Items of any list of them.
inline constexpr std::size_t max_list_items = 100;

[[nodiscard]] outcome<void> read_text(reader& in, reader::value& v, std::string_view name,
                                      std::optional<std::string>& out,
                                      std::size_t longest = max_text_chars);
struct range {
  unsigned least, most;
};
[[nodiscard]] outcome<void> read_number(reader& in, reader::value& v, std::string_view name,
                                        range accepted, std::optional<unsigned>& out);
// base64url. Of what is secret no copy stays behind.
[[nodiscard]] outcome<void> read_bytes(reader& in, reader::value& v, std::string_view name,
                                       std::optional<bytes>& out);
[[nodiscard]] outcome<void> read_secret_bytes(reader& in, reader::value& v, std::string_view name,
                                              std::optional<crypto::secret_bytes>& out);
[[nodiscard]] outcome<void> check_bytes(std::string_view name, std::size_t given, std::size_t most);
// Calls `item` for each of at most `most` items.
[[nodiscard]] outcome<void> read_list(reader& in, reader::value& v, std::string_view name,
                                      std::size_t most, const reader::on_item& item);

[[nodiscard]] error missing_member(std::string_view name);
// "Member 'kty' is 'x'. Accepted are RSA and EC."
[[nodiscard]] error not_accepted(std::string_view name, std::string_view given,
                                 const std::vector<std::string_view>& accepted);
// What a client wrote, fit for a message: shortened, in single quotes.
[[nodiscard]] std::string quoted(std::string_view given);
// Names of a table for a message: "a, b and c".
[[nodiscard]] std::string enumerate(const std::vector<std::string_view>& names);

// ---- parts ----

// Whose attributes: only a key's have `exportable`.
enum class of : std::uint8_t { secret, key, certificate };
[[nodiscard]] outcome<void> read_attributes(reader& in, reader::value& v, of kind,
                                            attributes_input& out);
struct tag_limits {
  std::size_t tags = max_tags;
  std::size_t name_chars = max_tag_chars;
  std::size_t value_chars = max_tag_chars;
};
[[nodiscard]] outcome<void> read_tags(reader& in, reader::value& v, std::optional<tag_map>& out,
                                      const tag_limits& limits = {});
// The value of a secret, which is a text.
[[nodiscard]] outcome<void> read_secret_value(reader& in, reader::value& v, std::string_view name,
                                              std::optional<crypto::secret_bytes>& out);
[[nodiscard]] outcome<void> read_content_type(reader& in, reader::value& v,
                                              std::optional<std::string>& out);
[[nodiscard]] outcome<void> read_key_ops(reader& in, reader::value& v,
                                         std::optional<std::vector<key_operation>>& out,
                                         std::string_view name = "key_ops");
[[nodiscard]] outcome<void> read_release_policy(reader& in, reader::value& v,
                                                std::optional<release_policy>& out);
// The value of a member `kty`: whether a vault holds such keys is the vault's to say.
[[nodiscard]] outcome<key_kind> key_kind_named(std::string_view name, std::string_view given);
[[nodiscard]] outcome<crypto::curve> curve_named(std::string_view name, std::string_view given);
// What a key that is to be made is asked for with, as it was sent, and how the members are called.
struct key_parameters {
  std::optional<std::string_view> kty, crv;
  std::optional<std::int64_t> key_size, public_exponent;
};
struct key_parameter_names {
  std::string_view kty = "kty", crv = "crv", key_size = "key_size";
};
// Sets the body's spec, and whether an HSM is to have the key.
[[nodiscard]] outcome<void> take_kind_of_key(const key_parameters& given, create_key& body,
                                             const key_parameter_names& names = {});
// A member of a rotation policy, and what its members have to be together (CONTRACT 5.6).
[[nodiscard]] outcome<void> read_rotation_member(reader& in, std::string_view name,
                                                 reader::value& v, set_rotation_policy& out);
[[nodiscard]] outcome<void> check_rotation_policy(const set_rotation_policy& policy);
// A member of a certificate's policy.
[[nodiscard]] outcome<void> read_policy_member(reader& in, std::string_view name, reader::value& v,
                                               policy_input& out);
[[nodiscard]] outcome<void> read_x509(reader& in, reader::value& v, policy_input& out);

// ---- bodies ----

[[nodiscard]] outcome<request_body> read_set_secret(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_update_secret(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_create_key(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_import_key(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_update_key(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_crypto_parameters(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_rotation_policy(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_release_key(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_random_bytes(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_create_certificate(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_import_certificate(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_update_certificate(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_certificate_policy(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_cancel_pending(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_merge_certificate(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_set_contacts(reader& in, operation_id operation);
[[nodiscard]] outcome<request_body> read_issuer(reader& in, operation_id operation);

}  // namespace twinkeep::protocol::json
