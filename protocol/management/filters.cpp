#include "protocol/management/filters.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "protocol/ascii.hpp"
#include "protocol/join.hpp"
#include "protocol/management/ids.hpp"
#include "protocol/management/route.hpp"

// The little of OData that clients of these lists use: comparisons for equality and calls, joined
// by "and".
namespace twinkeep::protocol::management {

namespace {

struct term {
  std::string name;
  std::optional<std::string> value;  // of "name eq 'value'" or "name('value')"
  bool is_call = false;
};

// Reads from front to back; nullopt: not such a filter.
class terms_reader {
 public:
  explicit terms_reader(std::string_view text) : rest_(text) {}

  std::optional<std::vector<term>> all() {
    std::vector<term> terms;
    skip_blanks();
    if (rest_.empty()) return terms;
    while (true) {
      auto next = one();
      if (!next) return std::nullopt;
      terms.push_back(*std::move(next));
      skip_blanks();
      if (rest_.empty()) return terms;
      if (!ascii::equal_ignoring_case(word(), "and")) return std::nullopt;
    }
  }

 private:
  std::optional<term> one() {
    term t;
    t.name = word();
    if (t.name.empty()) return std::nullopt;
    skip_blanks();
    if (taken('(')) {
      t.is_call = true;
      skip_blanks();
      if (taken(')')) return t;
      t.value = literal();
      skip_blanks();
      if (!t.value || !taken(')')) return std::nullopt;
      return t;
    }
    if (!ascii::equal_ignoring_case(word(), "eq")) return std::nullopt;
    t.value = literal();
    if (!t.value) return std::nullopt;
    return t;
  }

  // A quote within is written twice.
  std::optional<std::string> literal() {
    skip_blanks();
    if (!taken('\'')) return std::nullopt;
    std::string text;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\'' && !taken('\'')) return text;
      text += c;
    }
    return std::nullopt;
  }

  std::string word() {
    skip_blanks();
    std::string text;
    while (!rest_.empty() && ascii::is_alphanumeric(rest_.front())) {
      text += rest_.front();
      rest_.remove_prefix(1);
    }
    return text;
  }
  bool taken(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }

  std::string_view rest_;
};

failure<error> refused(std::string_view accepted) {
  return failure{bad_request(join({"The query parameter $filter is not one that this list takes: ",
                                   accepted, ", or several of them joined by \"and\"."}))};
}

// Calls `take` for each term; false: a term that the list does not know.
template <class Filter, class Take>
outcome<Filter> read(std::string_view filter, std::string_view accepted, Take take) {
  const auto terms = terms_reader(filter).all();
  if (!terms) return refused(accepted);
  Filter read;
  for (const auto& t : *terms) {
    if (!take(t, read)) return refused(accepted);
  }
  return read;
}

bool is_call(const term& t, std::string_view name, bool with_value) {
  return t.is_call && t.value.has_value() == with_value && ascii::equal_ignoring_case(t.name, name);
}
bool is_equality(const term& t, std::string_view name) {
  return !t.is_call && ascii::equal_ignoring_case(t.name, name);
}

}  // namespace

outcome<assignment_filter> parse_assignment_filter(std::string_view filter) {
  constexpr std::string_view accepted = "atScope(), principalId eq 'ID', assignedTo('ID')";
  return read<assignment_filter>(filter, accepted, [](const term& t, assignment_filter& out) {
    const bool groups = is_call(t, "assignedTo", true);
    if (is_call(t, "atScope", false)) {
      out.at_scope = true;
    } else if (groups || is_equality(t, "principalId")) {
      out.principal_id = *t.value;
      out.with_groups = groups;
    } else {
      return false;
    }
    return true;
  });
}

outcome<definition_filter> parse_definition_filter(std::string_view filter) {
  constexpr std::string_view accepted =
      "roleName eq 'NAME', type eq 'BuiltInRole', atScopeAndBelow()";
  return read<definition_filter>(filter, accepted, [](const term& t, definition_filter& out) {
    if (is_equality(t, "roleName")) {
      out.role_name = *t.value;
    } else if (is_equality(t, "type")) {
      out.built_in = ascii::equal_ignoring_case(*t.value, "BuiltInRole");
    } else {
      return is_call(t, "atScopeAndBelow", false);
    }
    return true;
  });
}

outcome<resource_filter> parse_resource_filter(std::string_view filter) {
  constexpr std::string_view accepted =
      "resourceType eq 'Microsoft.KeyVault/vaults', name eq 'NAME', location eq 'LOCATION'";
  return read<resource_filter>(filter, accepted, [](const term& t, resource_filter& out) {
    if (is_equality(t, "resourceType")) {
      out.vaults = ascii::equal_ignoring_case(*t.value, vault_type);
    } else if (is_equality(t, "name")) {
      out.name = *t.value;
    } else if (is_equality(t, "location")) {
      out.location = canonical_location(*t.value);
    } else {
      return false;
    }
    return true;
  });
}

}  // namespace twinkeep::protocol::management
