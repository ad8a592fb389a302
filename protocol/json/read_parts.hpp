#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/json/reader.hpp"
#include "protocol/requests.hpp"

// The parts of which request bodies are made, and a function for each body. Internal to
// protocol/json.
namespace twinkeep::protocol::json {

// ---- parts ----

enum class of : std::uint8_t { secret, key };
[[nodiscard]] outcome<void> read_attributes(reader& in, reader::value& v, of kind,
                                            attributes_input& out);
[[nodiscard]] outcome<void> read_tags(reader& in, reader::value& v, std::optional<tag_map>& out);
[[nodiscard]] outcome<void> read_content_type(reader& in, reader::value& v,
                                              std::optional<std::string>& out);
[[nodiscard]] outcome<void> read_key_ops(reader& in, reader::value& v,
                                         std::optional<std::vector<key_operation>>& out);
[[nodiscard]] error missing_member(std::string_view name);

// What a client wrote, fit for a message: shortened, in single quotes.
[[nodiscard]] std::string quoted(std::string_view given);
// Names of a table for a message: "a, b and c".
[[nodiscard]] std::string enumerate(const std::vector<std::string_view>& names);

// ---- bodies ----

[[nodiscard]] outcome<request_body> read_set_secret(reader& in);
[[nodiscard]] outcome<request_body> read_update_secret(reader& in);
[[nodiscard]] outcome<request_body> read_create_key(reader& in);
[[nodiscard]] outcome<request_body> read_update_key(reader& in);
[[nodiscard]] outcome<request_body> read_crypto_parameters(reader& in, operation_id operation);

}  // namespace twinkeep::protocol::json
