#include "protocol/identifiers.hpp"

#include <algorithm>

#include "protocol/ascii.hpp"
#include "protocol/attributes.hpp"

namespace twinkeep::protocol {

namespace {

bool is_name_char(char c) {
  return ascii::is_alphanumeric(c) || c == '-';
}

}  // namespace

bool is_object_name(std::string_view name) {
  return !name.empty() && name.size() <= max_name_chars && std::ranges::all_of(name, is_name_char);
}

bool is_vault_name(std::string_view name) {
  return name.size() >= 3 && name.size() <= 24 && std::ranges::all_of(name, is_name_char) &&
         ascii::is_letter(name.front()) && name.back() != '-' &&
         name.find("--") == std::string_view::npos;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), ascii::to_lower);
  return out;
}

bool same_id(std::string_view a, std::string_view b) {
  return !a.empty() && ascii::equal_ignoring_case(a, b);
}

bool id_less::operator()(std::string_view a, std::string_view b) const {
  return std::ranges::lexicographical_compare(a, b, {}, ascii::to_lower, ascii::to_lower);
}

}  // namespace twinkeep::protocol
