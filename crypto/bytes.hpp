#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace twinkeep {

using bytes = std::vector<std::uint8_t>;
using byte_view = std::span<const std::uint8_t>;

[[nodiscard]] inline byte_view as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

[[nodiscard]] inline std::string_view as_text(byte_view view) {
  return {reinterpret_cast<const char*>(view.data()), view.size()};
}

namespace crypto {

// base64url without padding (RFC 4648 §5), as every binary value of the protocol is written.
[[nodiscard]] std::string base64url_encode(byte_view data);
// Accepts padding as well, as Azure does; nullopt for any other character or a length that no
// encoder produces. Non-canonical trailing bits are refused: two texts never mean one value.
[[nodiscard]] std::optional<bytes> base64url_decode(std::string_view text);

// Standard alphabet with padding (RFC 4648 §4): certificates and x5c.
[[nodiscard]] std::string base64_encode(byte_view data);
// The same rules as base64url_decode: padding or none, and nothing else is passed over. The octets
// are never moved while they are gathered: whoever decodes a secret wipes what he is given.
[[nodiscard]] std::optional<bytes> base64_decode(std::string_view text);

[[nodiscard]] std::string hex_encode(byte_view data);  // lower case
[[nodiscard]] std::optional<bytes> hex_decode(std::string_view text);

// Compares without telling by its duration where the two differ. Lengths are not secret.
[[nodiscard]] bool equal_in_constant_time(byte_view a, byte_view b);

}  // namespace crypto
}  // namespace twinkeep
