#include "bench/load/service.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <iterator>

namespace twinkeep::load {
namespace json = boost::json;

namespace {

std::string text_of(const json::value& object, std::string_view name) {
  const json::object* const members = object.if_object();
  const json::value* const found = members ? members->if_contains(name) : nullptr;
  const json::string* const text = found ? found->if_string() : nullptr;
  return text ? std::string(*text) : std::string();
}

}  // namespace

result<service, std::string> parse_ready_file(std::string_view text) {
  boost::system::error_code malformed;
  const json::value content = json::parse(text, malformed);
  if (malformed || !content.is_object()) return failure{std::string("expected a JSON object")};

  service out;
  const auto take = [&](std::string_view name, std::string& into) {
    into = text_of(content, name);
    return !into.empty();
  };
  for (const auto& [name, into] : {std::pair{"authority", &out.authority},
                                   {"tenant_id", &out.tenant_id},
                                   {"client_id", &out.client_id},
                                   {"client_secret", &out.client_secret},
                                   {"ca_file", &out.ca_file}}) {
    if (!take(name, *into)) return failure{std::string("expected the text \"") + name + '"'};
  }
  if (const json::value* const vaults = content.get_object().if_contains("vaults");
      vaults && vaults->is_array()) {
    for (const json::value& vault : vaults->get_array()) {
      const std::string alias = text_of(vault, "alias");
      out.vaults.push_back({text_of(vault, "name"), alias.empty() ? text_of(vault, "uri") : alias});
    }
  }
  if (out.vaults.empty()) return failure{std::string("expected at least one vault in \"vaults\"")};
  return out;
}

result<service, std::string> read_ready_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) return failure{"cannot read the ready file " + path};
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto parsed = parse_ready_file(text);
  if (!parsed.ok()) return failure{path + ": " + parsed.error()};
  return parsed;
}

const service::vault* find_vault(const service& s, std::string_view name) {
  for (const service::vault& vault : s.vaults) {
    if (name.empty() || vault.name == name) return &vault;
  }
  return nullptr;
}

}  // namespace twinkeep::load
