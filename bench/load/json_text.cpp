#include "bench/load/json_text.hpp"

#include <boost/json/parse.hpp>

namespace twinkeep::load {

namespace json = boost::json;

json::value parse_json(std::string_view text) {
  boost::system::error_code malformed;
  return json::parse(text, malformed);
}

std::string text_at(const json::value& content, std::string_view pointer) {
  boost::system::error_code absent;
  const json::value* const found = content.find_pointer(pointer, absent);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

}  // namespace twinkeep::load
