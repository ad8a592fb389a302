#include "actors/admin/cli/json_fields.hpp"

#include <boost/json/serialize.hpp>
#include <cmath>

#include "actors/admin/cli/duration.hpp"
#include "actors/admin/cli/text_table.hpp"

namespace twinkeep::cli {
namespace json = boost::json;

const json::value& member(const json::value& object, std::string_view name) {
  static const json::value none;
  const json::object* const members = object.if_object();
  const json::value* const found = members ? members->if_contains(name) : nullptr;
  return found ? *found : none;
}

std::string field(const json::value& object, std::string_view name) {
  const json::value& found = member(object, name);
  if (found.is_null()) return "-";
  if (const json::string* const text = found.if_string()) return printable(*text);
  return printable(json::serialize(found));
}

bool flag(const json::value& object, std::string_view name) {
  const bool* const found = member(object, name).if_bool();
  return found && *found;
}

const json::array& list(const json::value& object, std::string_view name) {
  static const json::array none;
  const json::array* const found = member(object, name).if_array();
  return found ? *found : none;
}

std::string seconds_field(const json::value& object, std::string_view name) {
  const json::value& found = member(object, name);
  if (!found.is_number()) return "-";
  const auto seconds = found.to_number<double>();
  if (seconds == 0) return "0 s";
  // What a nanosecond count cannot hold is shown as it came.
  if (!(seconds > 0) || seconds > 1e9) return json::serialize(found) + " s";
  return show_duration(std::chrono::nanoseconds(std::llround(seconds * 1e9)));
}

}  // namespace twinkeep::cli
