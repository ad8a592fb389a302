#include "protocol/json/reader.hpp"

#include <algorithm>
#include <string>

#include "protocol/join.hpp"

namespace twinkeep::protocol::json {

namespace {

namespace od = simdjson::ondemand;

// RFC 8259 §8.1 allows a parser to ignore a byte order mark.
byte_view without_bom(byte_view text) {
  constexpr std::uint8_t bom[] = {0xEF, 0xBB, 0xBF};
  return text.size() >= 3 && std::ranges::equal(text.first(3), bom) ? text.subspan(3) : text;
}

}  // namespace

reader::reader(byte_view text, std::string_view subject) : subject_(subject) {
  text = without_bom(text);
  size_ = text.size();
  padded_.resize(size_ + simdjson::SIMDJSON_PADDING);
  std::ranges::copy(text, padded_.begin());
  // Unescaping never lengthens, so all strings of the text fit one after the other.
  unescaped_.resize(size_ + simdjson::SIMDJSON_PADDING);
  free_ = unescaped_.data();
}

// Says what is wrong and never where it was read from: the text may be a secret.
failure<error> reader::malformed(simdjson::error_code code) const {
  return failure{
      bad_parameter(join({subject_, " is not valid JSON: ", simdjson::error_message(code)}))};
}

failure<error> reader::too_deep() const {
  return failure{bad_parameter(
      join({subject_, " is nested deeper than ", std::to_string(max_depth), " levels."}))};
}

outcome<void> reader::read(const on_member& handler) {
  od::document document;
  const simdjson::padded_string_view view(padded_.data(), size_, padded_.size());
  if (auto code = parser_.iterate(view).get(document)) return malformed(code);
  od::json_type type{};
  if (auto code = document.type().get(type)) return malformed(code);
  if (type != od::json_type::object) {
    return failure{bad_parameter(join({subject_, " must be a JSON object."}))};
  }
  od::object root;
  if (auto code = document.get_object().get(root)) return malformed(code);
  depth_ = 1;
  if (auto done = members(root, handler); !done) return done;
  // What stands behind the object, if anything.
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS) {
    return malformed(simdjson::TRAILING_CONTENT);
  }
  return {};
}

outcome<void> reader::members(od::object& o, const on_member& handler) {
  for (auto next : o) {
    od::field field;
    if (auto code = std::move(next).get(field)) return malformed(code);
    if (auto done = member(field, handler); !done) return done;
  }
  return {};
}

outcome<void> reader::member(od::field& field, const on_member& handler) {
  auto name = unescape(field.key());
  if (!name) return failure{std::move(name).error()};
  auto& v = field.value();
  od::json_type type{};
  if (auto code = v.type().get(type)) return malformed(code);
  if (type != od::json_type::null) return handler(*name, v);
  bool is_null = false;
  if (auto code = v.is_null().get(is_null)) return malformed(code);
  if (!is_null) return malformed(simdjson::N_ATOM_ERROR);
  return {};
}

outcome<std::string_view> reader::unescape(od::raw_json_string raw) {
  std::string_view text;
  if (auto code = parser_.unescape(raw, free_).get(text)) return malformed(code);
  return text;
}

outcome<void> reader::expect(value& v, json_type wanted, std::string_view name,
                             std::string_view called) {
  json_type type{};
  if (auto code = v.type().get(type)) return malformed(code);
  if (type == wanted) return {};
  return failure{bad_parameter(join({"Member '", name, "' must be ", called, "."}))};
}

outcome<std::string_view> reader::string(value& v, std::string_view name) {
  if (auto e = expect(v, json_type::string, name, "a string"); !e) return failure{e.error()};
  od::raw_json_string raw;
  if (auto code = v.get_raw_json_string().get(raw)) return malformed(code);
  return unescape(raw);
}

outcome<std::int64_t> reader::integer(value& v, std::string_view name) {
  constexpr std::string_view called = "an integer of 64 bits";
  if (auto e = expect(v, json_type::number, name, called); !e) return failure{e.error()};
  std::int64_t integer = 0;
  if (v.get_int64().get(integer)) {
    return failure{bad_parameter(join({"Member '", name, "' must be ", called, "."}))};
  }
  return integer;
}

outcome<double> reader::number(value& v, std::string_view name) {
  if (auto e = expect(v, json_type::number, name, "a number"); !e) return failure{e.error()};
  double number = 0;
  if (auto code = v.get_double().get(number)) return malformed(code);
  return number;
}

outcome<bool> reader::boolean(value& v, std::string_view name) {
  if (auto e = expect(v, json_type::boolean, name, "true or false"); !e) return failure{e.error()};
  bool boolean = false;
  if (auto code = v.get_bool().get(boolean)) return malformed(code);
  return boolean;
}

outcome<void> reader::object(value& v, std::string_view name, const on_member& handler) {
  if (auto e = expect(v, json_type::object, name, "an object"); !e) return e;
  if (depth_ == max_depth) return too_deep();
  od::object o;
  if (auto code = v.get_object().get(o)) return malformed(code);
  ++depth_;
  auto done = members(o, handler);
  --depth_;
  return done;
}

outcome<void> reader::array(value& v, std::string_view name, const on_item& handler) {
  if (auto e = expect(v, json_type::array, name, "an array"); !e) return e;
  if (depth_ == max_depth) return too_deep();
  od::array items;
  if (auto code = v.get_array().get(items)) return malformed(code);
  ++depth_;
  for (auto next : items) {
    value item;
    if (auto code = std::move(next).get(item)) return malformed(code);
    if (auto done = handler(item); !done) return done;
  }
  --depth_;
  return {};
}

outcome<void> reader::ignore(value& v) {
  json_type type{};
  if (auto code = v.type().get(type)) return malformed(code);
  const auto pass_on = [](auto read) -> outcome<void> {
    if (!read) return failure{std::move(read).error()};
    return {};
  };
  switch (type) {
    case json_type::object:
      return object(v, {}, [this](std::string_view, value& inner) { return ignore(inner); });
    case json_type::array:
      return array(v, {}, [this](value& inner) { return ignore(inner); });
    case json_type::number:
      return pass_on(number(v, {}));
    case json_type::string:
      return pass_on(string(v, {}));
    case json_type::boolean:
      return pass_on(boolean(v, {}));
    case json_type::null:
      break;
  }
  bool is_null = false;
  if (auto code = v.is_null().get(is_null)) return malformed(code);
  return is_null ? outcome<void>{} : malformed(simdjson::N_ATOM_ERROR);
}

}  // namespace twinkeep::protocol::json
