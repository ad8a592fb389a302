#pragma once

#include <simdjson.h>

#include <cstdint>
#include <functional>
#include <string_view>

#include "crypto/secret_bytes.hpp"
#include "protocol/errors.hpp"

namespace twinkeep::protocol::json {

inline constexpr unsigned max_depth = 32;

// One JSON object, read from front to back. Every value is looked at, those that nobody asked for
// too: simdjson's on-demand interface alone would let nonsense pass in what it skips. Whatever it
// holds of the text, the padded copy and the unescaped strings, wipes itself. Internal to
// protocol/.
class reader {
 public:
  using value = simdjson::ondemand::value;
  using on_member = std::function<outcome<void>(std::string_view name, value& v)>;
  using on_item = std::function<outcome<void>(value& v)>;

  // `subject` begins the messages; it has to outlive the reader.
  explicit reader(byte_view text, std::string_view subject = "The request body");
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;

  // The object that the whole text is. Null members are not shown: null is absent. A name that
  // comes twice is shown twice. The handler must take each value, by one of the functions below.
  [[nodiscard]] outcome<void> read(const on_member& handler);

  // `name` is for messages. The views live as long as the reader.
  [[nodiscard]] outcome<std::string_view> string(value& v, std::string_view name);
  [[nodiscard]] outcome<std::int64_t> integer(value& v, std::string_view name);
  [[nodiscard]] outcome<double> number(value& v, std::string_view name);
  [[nodiscard]] outcome<bool> boolean(value& v, std::string_view name);
  [[nodiscard]] outcome<void> object(value& v, std::string_view name, const on_member& handler);
  [[nodiscard]] outcome<void> array(value& v, std::string_view name, const on_item& handler);
  [[nodiscard]] outcome<void> ignore(value& v);

 private:
  using json_type = simdjson::ondemand::json_type;
  [[nodiscard]] outcome<void> expect(value& v, json_type wanted, std::string_view name,
                                     std::string_view called);
  [[nodiscard]] outcome<void> members(simdjson::ondemand::object& o, const on_member& handler);
  [[nodiscard]] outcome<void> member(simdjson::ondemand::field& field, const on_member& handler);
  [[nodiscard]] outcome<std::string_view> unescape(simdjson::ondemand::raw_json_string raw);

  [[nodiscard]] failure<error> malformed(simdjson::error_code code) const;
  [[nodiscard]] failure<error> too_deep() const;

  std::string_view subject_;
  std::size_t size_;
  crypto::wiping_chars padded_;
  crypto::wiping_bytes unescaped_;
  std::uint8_t* free_;  // into unescaped_
  simdjson::ondemand::parser parser_;
  unsigned depth_ = 0;
};

// Puts what was read where it belongs, or passes the error on.
template <class T, class Target>
[[nodiscard]] outcome<void> assign(outcome<T> read, Target& target) {
  if (!read) return failure{std::move(read).error()};
  target = *std::move(read);
  return {};
}

}  // namespace twinkeep::protocol::json
