#pragma once

#include <cstdint>
#include <string_view>

#include "crypto/bytes.hpp"
#include "crypto/secret_bytes.hpp"

namespace twinkeep::protocol::json {

// Writes JSON straight into text that wipes itself: a document tree in between would leave secrets
// behind, and costs several times as much. Commas come by themselves. Internal to protocol/json.
class writer {
 public:
  // `expected_chars`: a guess that spares growing.
  explicit writer(std::size_t expected_chars) { out_.reserve(expected_chars); }

  writer& begin_object() { return open('{'); }
  writer& end_object() { return close('}'); }
  writer& begin_array() { return open('['); }
  writer& end_array() { return close(']'); }

  // Names are ours and need no escaping; `name` includes nothing but the name.
  writer& key(std::string_view name);
  // A name that a client chose.
  writer& client_key(std::string_view name);

  writer& string(std::string_view value);  // escaped as RFC 8259 §7 demands, and no more
  writer& integer(std::int64_t value);
  writer& boolean(bool value);
  writer& null();
  writer& base64url(byte_view value);  // RFC 4648 §5, without padding
  writer& base64(byte_view value);     // RFC 4648 §4, with padding: cer, csr

  // A string of several parts, for ids and links.
  writer& begin_string();
  writer& part(std::string_view text);
  writer& base64url_part(byte_view value);
  writer& end_string();

  [[nodiscard]] crypto::wiping_chars take() { return std::move(out_); }

 private:
  void comma();
  writer& open(char bracket);
  writer& close(char bracket);
  void raw(std::string_view text);
  void escaped(std::string_view text);
  void encoded(byte_view value, std::string_view digits);

  crypto::wiping_chars out_;
  bool follows_ = false;  // whether a comma has to come before the next value or name
};

}  // namespace twinkeep::protocol::json
