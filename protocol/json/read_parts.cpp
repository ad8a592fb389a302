#include "protocol/json/read_parts.hpp"

#include <algorithm>

#include "protocol/join.hpp"
#include "protocol/messages.hpp"

namespace twinkeep::protocol::json {

namespace {

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u;
}

// Azure counts characters as .NET does, in UTF-16 code units: a code point of four UTF-8 bytes is
// two of them. Precondition: valid UTF-8.
std::size_t characters_in(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    count += continues(c) ? 0 : (static_cast<unsigned char>(c) >= 0xF0 ? 2 : 1);
  }
  return count;
}

error too_long(std::string_view what, std::size_t given, std::size_t longest) {
  return bad_parameter(join({what, " has ", std::to_string(given), " characters, allowed are ",
                             std::to_string(longest), "."}));
}

}  // namespace

error missing_member(std::string_view name) {
  return bad_parameter(join({"Member '", name, "' is required."}));
}

std::string quoted(std::string_view given) {
  constexpr std::size_t shown = 64;
  auto size = std::min(given.size(), shown);
  // Never cut through a character: the message must stay UTF-8.
  while (size > 0 && size < given.size() && continues(given[size])) --size;
  return join({"'", given.substr(0, size), size < given.size() ? "..." : "", "'"});
}

std::string enumerate(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

outcome<void> read_attributes(reader& in, reader::value& v, of kind, attributes_input& out) {
  return in.object(v, "attributes", [&](std::string_view name, reader::value& m) -> outcome<void> {
    // nbf and exp may be negative: the JS SDK cuts dates after 2038 to 32 bits (CONTRACT 11.2).
    if (name == "enabled") return assign(in.boolean(m, "attributes.enabled"), out.enabled);
    if (name == "nbf") return assign(in.integer(m, "attributes.nbf"), out.not_before);
    if (name == "exp") return assign(in.integer(m, "attributes.exp"), out.expires);
    if (name == "exportable" && kind == of::key) {
      return assign(in.boolean(m, "attributes.exportable"), out.exportable);
    }
    return in.ignore(m);
  });
}

outcome<void> read_tags(reader& in, reader::value& v, std::optional<tag_map>& out) {
  tag_map tags;
  auto done = in.object(v, "tags", [&](std::string_view name, reader::value& m) -> outcome<void> {
    auto text = in.string(m, "tags.<name>");
    if (!text) return failure{std::move(text).error()};
    if (const auto size = characters_in(name); size > max_tag_chars) {
      return failure{too_long("The name of a tag", size, max_tag_chars)};
    }
    if (const auto size = characters_in(*text); size > max_tag_chars) {
      return failure{too_long("The value of a tag", size, max_tag_chars)};
    }
    tags.insert_or_assign(std::string(name), std::string(*text));
    // Asked within the loop, so that a megabyte of tags is refused at the sixteenth.
    if (tags.size() > max_tags) {
      return failure{bad_parameter(
          join({"Member 'tags' has more than ", std::to_string(max_tags), " tags."}))};
    }
    return {};
  });
  if (done) out = std::move(tags);
  return done;
}

outcome<void> read_content_type(reader& in, reader::value& v, std::optional<std::string>& out) {
  auto text = in.string(v, "contentType");
  if (!text) return failure{std::move(text).error()};
  if (const auto size = characters_in(*text); size > max_content_type_chars) {
    return failure{too_long("Member 'contentType'", size, max_content_type_chars)};
  }
  out = std::string(*text);
  return {};
}

outcome<void> read_key_ops(reader& in, reader::value& v,
                           std::optional<std::vector<key_operation>>& out) {
  std::vector<key_operation> ops;
  auto done = in.array(v, "key_ops", [&](reader::value& item) -> outcome<void> {
    auto name = in.string(item, "key_ops[]");
    if (!name) return failure{std::move(name).error()};
    const auto op = find_key_operation(*name);
    if (!op) {
      // Azure's literal text for a model violation (CONTRACT 5.5), and then what would help.
      auto refused = invalid_property();
      refused.message += join({"Member 'key_ops' holds ", quoted(*name),
                               "; accepted are encrypt, decrypt, sign, verify, wrapKey, ",
                               "unwrapKey, import and export."});
      return failure{std::move(refused)};
    }
    // Once is enough: a set, in the order in which it was given.
    if (std::ranges::find(ops, *op) == ops.end()) ops.push_back(*op);
    return {};
  });
  if (done) out = std::move(ops);
  return done;
}

}  // namespace twinkeep::protocol::json
