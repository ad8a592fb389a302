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

outcome<void> read_text(reader& in, reader::value& v, std::string_view name,
                        std::optional<std::string>& out, std::size_t longest) {
  auto text = in.string(v, name);
  if (!text) return failure{std::move(text).error()};
  if (const auto size = characters_in(*text); size > longest) {
    return failure{too_long(join({"Member '", name, "'"}), size, longest)};
  }
  out = std::string(*text);
  return {};
}

outcome<void> read_number(reader& in, reader::value& v, std::string_view name, range accepted,
                          std::optional<unsigned>& out) {
  const auto given = in.integer(v, name);
  if (!given) return failure{given.error()};
  if (*given < accepted.least || *given > accepted.most) {
    return failure{bad_parameter(
        join({"Member '", name, "' is ", std::to_string(*given), ". It must lie between ",
              std::to_string(accepted.least), " and ", std::to_string(accepted.most), "."}))};
  }
  out = static_cast<unsigned>(*given);
  return {};
}

outcome<void> read_bytes(reader& in, reader::value& v, std::string_view name,
                         std::optional<bytes>& out) {
  auto text = in.string(v, name);
  if (!text) return failure{std::move(text).error()};
  out = crypto::base64url_decode(*text);
  if (out) return {};
  return failure{bad_parameter(join({"Member '", name, "' must be encoded with base64url."}))};
}

outcome<void> read_secret_bytes(reader& in, reader::value& v, std::string_view name,
                                std::optional<crypto::secret_bytes>& out) {
  std::optional<bytes> plain;
  if (auto done = read_bytes(in, v, name, plain); !done) return done;
  out = crypto::secret_bytes::copy_of(*plain);
  crypto::wipe(plain->data(), plain->size());
  return {};
}

outcome<void> check_bytes(std::string_view name, std::size_t given, std::size_t most) {
  if (given <= most) return {};
  return failure{bad_parameter(join({"Member '", name, "' has ", std::to_string(given),
                                     " bytes, allowed are ", std::to_string(most), "."}))};
}

outcome<void> read_list(reader& in, reader::value& v, std::string_view name, std::size_t most,
                        const reader::on_item& item) {
  std::size_t count = 0;
  return in.array(v, name, [&](reader::value& next) -> outcome<void> {
    if (++count <= most) return item(next);
    return failure{bad_parameter(
        join({"Member '", name, "' has more than ", std::to_string(most), " items."}))};
  });
}

error missing_member(std::string_view name) {
  return bad_parameter(join({"Member '", name, "' is required."}));
}

error not_accepted(std::string_view name, std::string_view given,
                   const std::vector<std::string_view>& accepted) {
  return bad_parameter(join(
      {"Member '", name, "' is ", quoted(given), ". Accepted are ", enumerate(accepted), "."}));
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

outcome<void> read_tags(reader& in, reader::value& v, std::optional<tag_map>& out,
                        const tag_limits& limits) {
  tag_map tags;
  auto done = in.object(v, "tags", [&](std::string_view name, reader::value& m) -> outcome<void> {
    auto text = in.string(m, "tags.<name>");
    if (!text) return failure{std::move(text).error()};
    if (const auto size = characters_in(name); size > limits.name_chars) {
      return failure{too_long("The name of a tag", size, limits.name_chars)};
    }
    if (const auto size = characters_in(*text); size > limits.value_chars) {
      return failure{too_long("The value of a tag", size, limits.value_chars)};
    }
    tags.insert_or_assign(std::string(name), std::string(*text));
    // Asked within the loop, so that a megabyte of tags is refused at the first that is too many.
    if (tags.size() > limits.tags) {
      return failure{bad_parameter(
          join({"Member 'tags' has more than ", std::to_string(limits.tags), " tags."}))};
    }
    return {};
  });
  if (done) out = std::move(tags);
  return done;
}

outcome<void> read_content_type(reader& in, reader::value& v, std::optional<std::string>& out) {
  return read_text(in, v, "contentType", out, max_content_type_chars);
}

}  // namespace twinkeep::protocol::json
