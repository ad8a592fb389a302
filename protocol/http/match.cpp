#include <algorithm>
#include <cstdint>
#include <span>

#include "protocol/ascii.hpp"
#include "protocol/http/target.hpp"
#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"
#include "protocol/messages.hpp"

// Matching a path against the operation table. The templates are taken apart once, at start; a
// request then costs one look at the collection and at its rows.
namespace twinkeep::protocol::http {

namespace {

enum class part : std::uint8_t { literal, name, version };

struct pattern {
  const operation* op = nullptr;
  std::vector<std::pair<part, std::string_view>> parts;  // without the collection
};

using words = std::vector<std::string_view>;

bool holds(const words& all, std::string_view segment) {
  return std::ranges::any_of(
      all, [&](std::string_view word) { return ascii::equal_ignoring_case(word, segment); });
}

// All patterns of one collection: "secrets", "deletedkeys".
struct collection {
  std::string_view name;
  std::vector<pattern> patterns;
  // Words in a name's place that are things of their own, because they can be read: "contacts" and
  // "issuers". No certificate has such a name, whatever the method. "restore" is an act alone: GET
  // /keys/restore is the key of that name.
  words things;
};

struct compiled {
  std::vector<collection> collections;
  // Words behind a name, of any row: never versions, not even in a collection that has no such
  // operation (CONTRACT 11.1).
  words reserved;
};

std::pair<part, std::string_view> part_of(std::string_view text) {
  if (text == "{name}") return {part::name, text};
  if (text == "{version?}") return {part::version, text};
  return {part::literal, text};
}

pattern pattern_of(const operation& op, std::string_view rest) {
  pattern made{&op, {}};
  while (!rest.empty()) {
    const auto segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), segment.size() + 1));
    made.parts.push_back(part_of(segment));
  }
  return made;
}

compiled compile() {
  compiled all;
  for (const auto& op : operations()) {
    const auto path = op.path.substr(1);
    const auto name = path.substr(0, path.find('/'));
    auto made = pattern_of(op, path.substr(std::min(path.size(), name.size() + 1)));
    auto it = std::ranges::find(all.collections, name, &collection::name);
    if (it == all.collections.end()) it = all.collections.insert(it, {name, {}, {}});
    for (std::size_t i = 0; i < made.parts.size(); ++i) {
      const auto [kind, word] = made.parts[i];
      if (kind != part::literal) continue;
      if (i > 0) all.reserved.push_back(word);
      if (i == 0 && op.method == http_method::get) it->things.push_back(word);
    }
    it->patterns.push_back(std::move(made));
  }
  return all;
}

const compiled& table() {
  static const auto all = compile();
  return all;
}

const collection* find_collection(std::string_view name) {
  const auto& all = table().collections;
  const auto it = std::ranges::find_if(
      all, [&](const collection& c) { return ascii::equal_ignoring_case(c.name, name); });
  return it == all.end() ? nullptr : &*it;
}

struct fit {
  std::string_view name, version;
};

using segments = std::span<const std::string>;

// A version may be absent as a segment ("/keys/n/sign") or empty ("/keys/n//sign").
std::optional<fit> fit_of(const pattern& p, segments given) {
  fit found;
  std::size_t i = 0;
  for (std::size_t j = 0; j < p.parts.size(); ++j) {
    const auto [kind, word] = p.parts[j];
    if (kind == part::version) {
      const auto behind = p.parts.size() - j - 1;
      if (given.size() - i <= behind) continue;
      if (holds(table().reserved, given[i])) return std::nullopt;
      found.version = given[i++];
      continue;
    }
    if (i == given.size()) return std::nullopt;
    if (kind == part::name) {
      found.name = given[i];
    } else if (!ascii::equal_ignoring_case(given[i], word)) {
      return std::nullopt;
    }
    ++i;
  }
  if (i != given.size()) return std::nullopt;
  return found;
}

error no_such_path() {
  return {error_code::not_found, inner_code::none, "The request URI names no operation.",
          std::nullopt};
}

error wrong_method(http_method method) {
  return {error_code::method_not_allowed, inner_code::none,
          join({"Method ", to_string(method), " is not allowed for this request URI."}),
          std::nullopt};
}

// The row for a path and whether the path is anyone's. A fixed word in a name's place wins over a
// name where the method fits (POST /keys/restore).
struct best {
  const pattern* row = nullptr;
  fit found;
  bool path_known = false;
};

best search(const collection& in, http_method method, segments given) {
  best result;
  const bool thing = !given.empty() && holds(in.things, given.front());
  for (const auto& candidate : in.patterns) {
    if (thing && !candidate.parts.empty() && candidate.parts.front().first == part::name) continue;
    const auto found = fit_of(candidate, given);
    if (!found) continue;
    result.path_known = true;
    if (candidate.op->method != method) continue;
    const bool fixed = found->name.data() == nullptr;
    if (result.row != nullptr && !fixed) continue;
    result.row = &candidate;
    result.found = *found;
  }
  return result;
}

}  // namespace

outcome<route> match(http_method method, const target& t) {
  segments given(t.segments);
  if (given.empty()) return failure{no_such_path()};
  const auto* in = find_collection(given.front());
  if (in == nullptr) return failure{no_such_path()};
  given = given.subspan(1);
  // A trailing slash is an empty version, or nothing: "/secrets/n/" is "/secrets/n".
  if (!given.empty() && given.back().empty()) given = given.first(given.size() - 1);
  const auto found = search(*in, method, given);
  if (found.row == nullptr) {
    return failure{found.path_known ? wrong_method(method) : no_such_path()};
  }
  const bool named = found.row->op->path.find("{name}") != std::string_view::npos;
  if (named && !is_object_name(found.found.name)) return failure{invalid_name(found.found.name)};
  return route{found.row->op, std::string(found.found.name), std::string(found.found.version)};
}

}  // namespace twinkeep::protocol::http
