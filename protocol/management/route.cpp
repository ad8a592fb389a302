#include "protocol/management/route.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "protocol/ascii.hpp"
#include "protocol/http/percent.hpp"
#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"
#include "protocol/management/guid.hpp"

namespace twinkeep::protocol::management {

namespace {

using member = std::string request::*;
struct holder {
  std::string_view text;
  member in;
};
// What a template may hold, and where the request takes it.
constexpr std::array holders = std::to_array<holder>({
    {"{sub}", &request::subscription},
    {"{group}", &request::group},
    {"{vault}", &request::vault},
    {"{location}", &request::location},
    {"{name}", &request::name},
    {"{version}", &request::version},
});
constexpr std::string_view scope_holder = "{scope}/";

struct part {
  std::string_view word;  // a fixed one, if `in` is null
  member in = nullptr;
};
struct pattern {
  const operation* op = nullptr;
  bool scoped = false;  // anything may stand before the parts
  std::vector<part> parts;
};

part part_of(std::string_view text) {
  const auto it = std::ranges::find(holders, text, &holder::text);
  return {text, it == holders.end() ? nullptr : it->in};
}

pattern pattern_of(const operation& op) {
  pattern made{&op, op.path.starts_with(scope_holder), {}};
  auto rest = op.path.substr(made.scoped ? scope_holder.size() : 1);
  while (!rest.empty()) {
    const auto segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), segment.size() + 1));
    made.parts.push_back(part_of(segment));
  }
  return made;
}

// The templates, taken apart once.
const std::vector<pattern>& patterns() {
  static const auto all = [] {
    std::vector<pattern> made;
    for (const auto& op : operations()) made.push_back(pattern_of(op));
    return made;
  }();
  return all;
}

using segments = std::span<const std::string>;

// A name with a slash within, which a client can write as %2F, would be another path in every id
// that is made of it.
bool is_name(std::string_view segment) {
  return !segment.empty() && segment.find('/') == std::string_view::npos;
}

bool fits(const pattern& p, segments given) {
  const auto before = given.size() - std::min(given.size(), p.parts.size());
  if (given.size() < p.parts.size() || (before > 0 && !p.scoped)) return false;
  if (!std::ranges::all_of(given.first(before), is_name)) return false;
  return std::ranges::equal(
      given.subspan(before), p.parts, [](const std::string& segment, const part& wanted) {
        return wanted.in != nullptr ? is_name(segment)
                                    : ascii::equal_ignoring_case(segment, wanted.word);
      });
}

request taken_from(const pattern& p, segments given) {
  request r;
  r.op = p.op;
  const auto before = given.size() - p.parts.size();
  for (const auto& segment : given.first(before)) (r.scope += '/') += segment;
  for (std::size_t i = 0; i < p.parts.size(); ++i) {
    if (p.parts[i].in != nullptr) r.*p.parts[i].in = given[before + i];
  }
  r.location = canonical_location(r.location);
  return r;
}

error no_such_path() {
  return {error_code::invalid_resource_type,
          "The request URI names no operation of Microsoft.KeyVault, and none of Microsoft."
          "Authorization or of subscriptions that is served here."};
}

error wrong_method(http_method method) {
  return {error_code::method_not_allowed,
          join({"Method ", to_string(method), " is not allowed for this request URI."})};
}

outcome<request> match(http_method method, segments given) {
  bool path_known = false;
  for (const auto& candidate : patterns()) {
    if (!fits(candidate, given)) continue;
    if (candidate.op->method == method) return taken_from(candidate, given);
    path_known = true;
  }
  return failure{path_known ? wrong_method(method) : no_such_path()};
}

outcome<void> check_api_version(const http::target& t, request& r) {
  const auto asked = t.find("api-version");
  if (!asked || asked->empty()) {
    return failure{error{error_code::missing_api_version,
                         "The query parameter api-version is required for all requests."}};
  }
  const auto accepted = api_versions_of(*r.op);
  const auto it = std::ranges::find_if(accepted, [asked](std::string_view known) {
    return ascii::equal_ignoring_case(known, *asked);
  });
  if (it != accepted.end()) {
    r.api_version = *it;
    return {};
  }
  auto message = join({"The api-version '", *asked, "' is not served here. Accepted are "});
  for (const auto version : accepted) {
    if (version != accepted.front()) message += ", ";
    message += version;
  }
  return failure{error{error_code::invalid_api_version, std::move(message) + '.'}};
}

// Lists alone end in a fixed word.
bool is_list(const operation& op) {
  return op.method == http_method::get && !op.path.ends_with('}');
}

outcome<void> read_page(const http::target& t, request& r) {
  if (!is_list(*r.op)) return {};
  r.filter = t.find("$filter").value_or(std::string_view{});
  if (const auto top = t.find("$top")) {
    unsigned number = 0;
    const auto* end = top->data() + top->size();
    const auto read = std::from_chars(top->data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end || number == 0) {
      return failure{bad_request("The query parameter $top must be a positive number.")};
    }
    r.top = number;
  }
  if (const auto token = t.find("$skiptoken")) {
    auto position = http::position_of(*token);
    if (!position) {
      return failure{bad_request("The $skiptoken is not one that this list has given.")};
    }
    r.skip_token = *std::move(position);
  }
  return {};
}

// Azure Resource Manager's rule for the names of groups.
constexpr std::size_t max_group_chars = 90;

bool is_key_version(std::string_view text) {
  return text.size() == 32 &&
         std::ranges::all_of(text, [](char c) { return ascii::hex_value(c) >= 0; });
}

bool is_of_objects(operation_id id) {
  return id >= operation_id::secret_put && id <= operation_id::key_version_get;
}

outcome<void> check_names(const request& r) {
  const auto refused = [](std::initializer_list<std::string_view> parts) {
    return failure{bad_request(join(parts))};
  };
  if (r.op->id == operation_id::vault_put && !is_vault_name(r.vault)) {
    return failure{
        error{error_code::vault_name_not_valid,
              join({"'", r.vault, "' is not a vault's name: 3 to 24 letters, digits and hyphens, ",
                    "a letter first, a letter or digit last, no two hyphens together."})}};
  }
  if (r.group.size() > max_group_chars) {
    return refused({"The name of a resource group has at most 90 characters."});
  }
  if (is_of_objects(r.op->id) && !r.name.empty() && !is_object_name(r.name)) {
    return refused({"'", r.name, "' is not the name of a secret or key, ^[a-zA-Z0-9-]{1,127}$."});
  }
  if (!r.version.empty() && !is_key_version(r.version)) {
    return refused({"'", r.version, "' is not the version of a key, ^[a-fA-F0-9]{32}$."});
  }
  if (r.op->id == operation_id::role_assignment_put && !is_guid(r.name)) {
    return refused({"'", r.name, "' is not the name of a role assignment, which is a GUID."});
  }
  return {};
}

}  // namespace

outcome<request> route(http_method method, const http::target& t) {
  segments given(t.segments);
  if (!given.empty() && given.back().empty()) given = given.first(given.size() - 1);
  auto r = match(method, given);
  if (!r) return r;
  for (const auto& done : {check_api_version(t, *r), read_page(t, *r), check_names(*r)}) {
    if (!done) return failure{done.error()};
  }
  return r;
}

std::string path_of(const request& r) {
  std::string path;
  for (std::string_view rest = r.scope; !rest.empty();) {
    rest.remove_prefix(1);
    const auto segment = rest.substr(0, rest.find('/'));
    path += '/';
    http::append_percent_encoded(path, segment);
    rest.remove_prefix(segment.size());
  }
  for (const auto& [word, in] : patterns().at(std::size_t(r.op->id)).parts) {
    path += '/';
    http::append_percent_encoded(path, in != nullptr ? std::string_view(r.*in) : word);
  }
  return path;
}

std::string canonical_location(std::string_view given) {
  auto name = lower(given);
  std::erase(name, ' ');
  return name;
}

}  // namespace twinkeep::protocol::management
