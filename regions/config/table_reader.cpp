#include "regions/config/table_reader.hpp"

#include <algorithm>

#include "regions/config/values.hpp"

namespace twinkeep::regions {

namespace {

// A value as an error message shows it.
std::string show(const toml::node& node) {
  constexpr std::size_t longest = 60;
  if (const auto* text = node.as_string()) {
    const auto& full = text->get();
    return full.size() <= longest ? "\"" + full + "\"" : "\"" + full.substr(0, longest) + "...\"";
  }
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  if (node.is_floating_point()) return "a fraction";
  if (node.is_table()) return "a table";
  if (node.is_array()) return "an array";
  return "a date or time";
}

}  // namespace

void complaints::add(const toml::source_region& where, std::string_view key,
                     std::string_view expected, std::string_view found) {
  if (first_) return;
  first_ = file_ + ":" + std::to_string(where.begin.line) + ": ";
  if (!key.empty()) *first_ += std::string{key} + ": ";
  *first_ += "expected " + std::string{expected} + ", found " + std::string{found};
}

table_reader::table_reader(const toml::table& table, std::string path,
                           std::initializer_list<std::string_view> known, complaints& sink)
    : table_(table), path_(std::move(path)), sink_(sink) {
  for (const auto& [key, value] : table_) {
    if (std::ranges::find(known, key.str()) != known.end()) continue;
    const auto meant = nearest(key.str(), {known.begin(), known.size()});
    std::string expected{meant};
    if (meant.empty()) {
      expected = "one of";
      for (const auto name : known) {
        expected += (name == *known.begin() ? " " : ", ") + std::string{name};
      }
    }
    sink_.add(key.source(), full_name(key.str()), expected, "an unknown key");
  }
}

void table_reader::read(std::string_view key, bool& value) const {
  const auto* node = table_.get(key);
  if (!node) return;
  if (const auto* flag = node->as_boolean()) {
    value = flag->get();
  } else {
    complain_of_value(key, "true or false");
  }
}

void table_reader::read(std::string_view key, duration& value) const {
  const auto* node = table_.get(key);
  if (!node) return;
  const auto* text = node->as_string();
  if (const auto parsed = text ? parse_duration(text->get()) : std::nullopt) {
    value = *parsed;
  } else {
    complain_of_value(key, "a duration such as \"250ms\", \"10s\" or \"3min\"");
  }
}

void table_reader::read(std::string_view key, unsigned& value, unsigned least,
                        unsigned most) const {
  const auto* node = table_.get(key);
  if (!node) return;
  const auto* number = node->as_integer();
  if (number && number->get() >= least && number->get() <= most) {
    value = static_cast<unsigned>(number->get());
  } else {
    complain_of_value(key,
                      "a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
}

void table_reader::read(std::string_view key, std::string& value, std::string_view expected,
                        const test& accepts) const {
  const auto* node = table_.get(key);
  if (!node) return;
  const auto* text = node->as_string();
  if (text && accepts(text->get())) {
    value = text->get();
  } else {
    complain_of_value(key, expected);
  }
}

void table_reader::read(std::string_view key, std::vector<std::string>& values,
                        std::string_view expected, const test& accepts) const {
  const auto* node = table_.get(key);
  if (!node) return;
  const auto* array = node->as_array();
  if (!array) {
    complain_of_value(key, "an array, each " + std::string{expected});
    return;
  }
  values.clear();
  for (const auto& element : *array) {
    const auto* text = element.as_string();
    if (!text || !accepts(text->get())) {
      complain_of_node(element, key, expected);
    } else if (std::ranges::find(values, text->get()) != values.end()) {
      complain_of_node(element, key, "each one once");
    } else {
      values.push_back(text->get());
    }
  }
}

const toml::table* table_reader::table(std::string_view key) const {
  const auto* node = table_.get(key);
  if (node && !node->is_table()) complain_of_value(key, "a table [" + full_name(key) + "]");
  return node ? node->as_table() : nullptr;
}

std::optional<std::vector<const toml::table*>> table_reader::tables(std::string_view key) const {
  const auto* node = table_.get(key);
  if (!node) return std::nullopt;
  std::vector<const toml::table*> found;
  const auto* array = node->as_array();
  const auto expected = "tables [[" + full_name(key) + "]]";
  if (!array) {
    complain_of_value(key, expected);
    return found;
  }
  for (const auto& element : *array) {
    if (const auto* t = element.as_table()) {
      found.push_back(t);
    } else {
      complain_of_node(element, key, expected);
    }
  }
  return found;
}

void table_reader::complain(std::string_view key, std::string_view expected,
                            std::string_view found) const {
  const auto* node = table_.get(key);
  sink_.add(node ? node->source() : table_.source(), full_name(key), expected, found);
}

void table_reader::complain_of_value(std::string_view key, std::string_view expected) const {
  const auto* node = table_.get(key);
  complain(key, expected, node ? show(*node) : "nothing");
}

void table_reader::complain_of_node(const toml::node& node, std::string_view key,
                                    std::string_view expected) const {
  sink_.add(node.source(), full_name(key), expected, show(node));
}

std::string table_reader::full_name(std::string_view key) const {
  return path_.empty() ? std::string{key} : path_ + "." + std::string{key};
}

}  // namespace twinkeep::regions
