#include "protocol/management/read_parts.hpp"

#include "protocol/join.hpp"
#include "protocol/management/guid.hpp"

namespace twinkeep::protocol::management {

failure<error> bad_body(const protocol::error& e) {
  return failure{bad_request(e.message)};
}

failure<protocol::error> wrong(std::initializer_list<std::string_view> parts) {
  return failure{bad_parameter(join(parts))};
}

parsed<void> read_words(reader& in, reader::value& v, std::string_view name, std::string& out,
                        std::size_t longest) {
  std::optional<std::string> text;
  if (auto done = json::read_text(in, v, name, text, longest); !done) return done;
  out = *std::move(text);
  return {};
}

parsed<void> read_guid(reader& in, reader::value& v, std::string_view name, std::string& out) {
  const auto text = in.string(v, name);
  if (!text) return failure{text.error()};
  if (!is_guid(*text)) {
    return wrong({"Member '", name, "' is ", json::quoted(*text), ". It must be a GUID."});
  }
  out = *text;
  return {};
}

parsed<void> read_resource_id(reader& in, reader::value& v, std::string_view name,
                              std::string& out) {
  constexpr std::string_view beginning = "/subscriptions/";
  if (auto done = read_words(in, v, name, out); !done) return done;
  if (ascii::equal_ignoring_case(std::string_view(out).substr(0, beginning.size()), beginning)) {
    return {};
  }
  return wrong({"Member '", name, "' is ", json::quoted(out), ". It must be the id of a resource, ",
                "which begins with ", beginning, "."});
}

}  // namespace twinkeep::protocol::management
