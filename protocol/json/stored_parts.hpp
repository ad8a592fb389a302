#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/certificates.hpp"
#include "crypto/error.hpp"
#include "protocol/attributes.hpp"
#include "protocol/certificate.hpp"
#include "protocol/json/reader.hpp"
#include "protocol/json/writer.hpp"

// The parts of which stored records are made. Internal to protocol/json.
namespace twinkeep::protocol::json {

// ---- writing ----

inline constexpr std::size_t stored_chars = 512;  // about as long as a record is
// Closes the object and gives its text.
[[nodiscard]] std::string finish(writer& out);

void store_attributes(writer& out, const attributes& a);
void store_tags(writer& out, const tag_map& tags);
// Absent and empty are not written: they are the defaults.
void store_optional(writer& out, std::string_view name, const std::optional<std::string>& value);
void store_strings(writer& out, std::string_view name, const std::vector<std::string>& values);
// An array of names, by to_string of the items.
template <class T>
void store_names(writer& out, std::string_view name, const std::vector<T>& values) {
  out.key(name).begin_array();
  for (const auto value : values) out.string(to_string(value));
  out.end_array();
}
// The members of a policy: of a record of its own, and within a pending operation.
void store_policy_members(writer& out, const certificate_policy& policy);

// ---- reading ----
// What is wrong is told by the member's name, never by its content.

[[nodiscard]] failure<error> wrong(std::string_view name, std::string_view why);

[[nodiscard]] outcome<void> load_string(reader& in, reader::value& v, std::string_view name,
                                        std::string& out);
[[nodiscard]] outcome<void> load_string(reader& in, reader::value& v, std::string_view name,
                                        std::optional<std::string>& out);
[[nodiscard]] outcome<void> load_strings(reader& in, reader::value& v, std::string_view name,
                                         std::vector<std::string>& out);
[[nodiscard]] outcome<void> load_octets(reader& in, reader::value& v, std::string_view name,
                                        bytes& out);
[[nodiscard]] outcome<void> load_tags(reader& in, reader::value& v, tag_map& out);
[[nodiscard]] outcome<void> load_curve(reader& in, reader::value& v, crypto::curve& out);
[[nodiscard]] outcome<void> load_usages(reader& in, reader::value& v,
                                        std::vector<crypto::key_usage>& out);
[[nodiscard]] outcome<void> load_policy_member(reader& in, std::string_view name, reader::value& v,
                                               certificate_policy& out);
// Every lifetime action has exactly one trigger: who acts on it relies on that.
[[nodiscard]] outcome<void> check_policy(const certificate_policy& policy);

// A number that is not negative; `out` is unsigned or an optional of it.
template <class Target>
[[nodiscard]] outcome<void> load_count(reader& in, reader::value& v, std::string_view name,
                                       Target& out) {
  const auto number = in.integer(v, name);
  if (!number) return failure{number.error()};
  if (*number < 0 || *number > std::numeric_limits<std::int32_t>::max()) {
    return wrong(name, "is out of range.");
  }
  out = static_cast<unsigned>(*number);
  return {};
}

// A name that `find` knows; `out` takes what it finds.
template <class Find, class Target>
[[nodiscard]] outcome<void> load_name(reader& in, reader::value& v, std::string_view name,
                                      Find find, Target& out) {
  const auto text = in.string(v, name);
  if (!text) return failure{text.error()};
  const auto found = find(*text);
  if (!found) return wrong(name, "is no known name.");
  out = *found;
  return {};
}

// What every version of an object has; nullopt: the member is none of these.
template <class Properties>
[[nodiscard]] std::optional<outcome<void>> load_common(reader& in, std::string_view name,
                                                       reader::value& v, Properties& out) {
  auto& a = out.attributes;
  if (name == "version") return load_string(in, v, name, out.version);
  if (name == "enabled") return assign(in.boolean(v, name), a.enabled);
  if (name == "nbf") return assign(in.integer(v, name), a.not_before);
  if (name == "exp") return assign(in.integer(v, name), a.expires);
  if (name == "created") return assign(in.integer(v, name), a.created);
  if (name == "updated") return assign(in.integer(v, name), a.updated);
  if (name == "tags") return load_tags(in, v, out.tags);
  return std::nullopt;
}

// An object, or an array of objects, by a function for each member:
// outcome<void> member(reader&, std::string_view name, reader::value&, T& out).
template <class T, class Member>
[[nodiscard]] outcome<void> load_object(reader& in, reader::value& v, std::string_view name,
                                        Member member, T& out) {
  return in.object(
      v, name, [&](std::string_view inner, reader::value& m) { return member(in, inner, m, out); });
}
template <class T, class Member>
[[nodiscard]] outcome<void> load_objects(reader& in, reader::value& v, std::string_view name,
                                         Member member, std::vector<T>& out) {
  return in.array(v, name, [&](reader::value& item) {
    return load_object(in, item, name, member, out.emplace_back());
  });
}

// A whole record. `complete` looks at what no member can tell alone.
template <class T, class Member, class Complete>
[[nodiscard]] crypto::outcome<T> load_record(std::string_view text, Member member,
                                             Complete complete) {
  reader in(as_bytes(text), "The stored record");
  T record;
  auto done =
      in.read([&](std::string_view name, reader::value& v) { return member(in, name, v, record); });
  if (done) done = complete(record);
  if (!done) return crypto::fail(crypto::error_code::corrupt, done.error().message);
  return record;
}
template <class T, class Member>
[[nodiscard]] crypto::outcome<T> load_record(std::string_view text, Member member) {
  return load_record<T>(text, member, [](const T&) { return outcome<void>{}; });
}

}  // namespace twinkeep::protocol::json
