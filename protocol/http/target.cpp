#include "protocol/http/target.hpp"

#include <simdjson.h>

#include <algorithm>

#include "protocol/http/percent.hpp"
#include "protocol/join.hpp"

namespace twinkeep::protocol::http {

namespace {

// Far more than any client sends: a bound on what one request line can make us allocate.
constexpr std::size_t max_segments = 16;
constexpr std::size_t max_parameters = 64;

failure<error> bad_target(std::string_view why) {
  return failure{bad_parameter(join({"The request URI is not valid: ", why}))};
}

std::string_view before(std::string_view text, char end) {
  return text.substr(0, text.find(end));
}

// Cuts the part before the next `separator` off the front of `rest`; nullopt once all is cut.
std::optional<std::string_view> cut(std::optional<std::string_view>& rest, char separator) {
  if (!rest) return std::nullopt;
  const auto part = before(*rest, separator);
  if (part.size() == rest->size()) {
    rest.reset();
  } else {
    rest->remove_prefix(part.size() + 1);
  }
  return part;
}

// Percent-decoded, or nullopt. Names and versions end up in messages and ids, so what is decoded
// must be UTF-8 and without control characters.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  if (!append_percent_decoded(out, text)) return std::nullopt;
  bool plain = true;
  for (const char c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return std::nullopt;
    plain &= static_cast<unsigned char>(c) < 0x80;
  }
  if (!plain && !simdjson::validate_utf8(out)) return std::nullopt;
  return out;
}

outcome<void> parse_path(std::string_view path, target& out) {
  // A vault URL that ends with a slash makes "//secrets/n" (CONTRACT 1.1).
  path.remove_prefix(path.starts_with("//") ? 2 : 1);
  if (path.empty()) return {};
  out.segments.reserve(4);
  std::optional rest = path;
  while (const auto segment = cut(rest, '/')) {
    if (out.segments.size() == max_segments) return bad_target("too many path segments.");
    auto text = decoded(*segment);
    if (!text) return bad_target("a path segment is not percent-encoded UTF-8.");
    out.segments.push_back(*std::move(text));
  }
  return {};
}

outcome<void> parse_query(std::string_view query, target& out) {
  out.query.reserve(2);
  std::optional rest = query;
  while (const auto parameter = cut(rest, '&')) {
    if (parameter->empty()) continue;
    if (out.query.size() == max_parameters) return bad_target("too many query parameters.");
    const auto name = before(*parameter, '=');
    auto decoded_name = decoded(name);
    auto value = decoded(parameter->substr(std::min(parameter->size(), name.size() + 1)));
    if (!decoded_name || !value) return bad_target("the query is not percent-encoded UTF-8.");
    out.query.emplace_back(*std::move(decoded_name), *std::move(value));
  }
  return {};
}

}  // namespace

std::optional<std::string_view> target::find(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (ascii::equal_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

// Origin form alone (RFC 9112 §3.2.1): an authority within the target could contradict the Host
// header, by which the vault is chosen.
outcome<target> parse_target(std::string_view text) {
  if (!text.starts_with('/')) return bad_target("it must start with a slash.");
  // What is not ASCII has to come percent-encoded as well (RFC 3986 §2).
  const auto raw = [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet <= 0x20 || octet >= 0x7F || c == '#' || c == '\\';
  };
  if (std::ranges::any_of(text, raw)) return bad_target("a character is not percent-encoded.");
  target out;
  const auto path = before(text, '?');
  if (auto done = parse_path(path, out); !done) return failure{std::move(done).error()};
  if (path.size() < text.size()) {
    auto done = parse_query(text.substr(path.size() + 1), out);
    if (!done) return failure{std::move(done).error()};
  }
  return out;
}

}  // namespace twinkeep::protocol::http
