#include "regions/config/seal.hpp"

#include <algorithm>
#include <array>

#include "regions/config/values.hpp"

namespace twinkeep::regions {

namespace {

using crypto::seal_type;

struct key_row {
  std::string_view name;
  seal_type type;
};
constexpr std::array keys{key_row{"passphrase_file", seal_type::passphrase},
                          key_row{"passphrase_env", seal_type::passphrase},
                          key_row{"module", seal_type::pkcs11},
                          key_row{"token", seal_type::pkcs11},
                          key_row{"pin_file", seal_type::pkcs11},
                          key_row{"pin_env", seal_type::pkcs11},
                          key_row{"key", seal_type::pkcs11}};

constexpr std::string_view a_variable = "the name of an environment variable";

bool is_variable(const std::string& text) {
  constexpr auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && std::ranges::all_of(text, fits);
}

void want(const table_reader& table, std::string_view key, std::string_view expected) {
  if (!table.has(key)) table.complain_of_value(key, expected);
}

// A secret comes from one place.
void want_one(const table_reader& table, std::string_view file, std::string_view variable) {
  const bool both = table.has(file) && table.has(variable);
  if (both || (!table.has(file) && !table.has(variable))) {
    const auto expected = std::string{file} + " or " + std::string{variable};
    table.complain(both ? variable : file, expected, both ? "both" : "neither");
  }
}

void check(const table_reader& table, seal_type type) {
  for (const auto& key : keys) {
    if (key.type != type && table.has(key.name)) {
      table.complain(key.name, "type = " + in_quotes(to_string(key.type)) + " with it",
                     in_quotes(to_string(type)));
    }
  }
  if (type == seal_type::passphrase) want_one(table, "passphrase_file", "passphrase_env");
  if (type == seal_type::pkcs11) {
    want(table, "module", "the path of a PKCS #11 module");
    want(table, "token", "the label of a token");
    want_one(table, "pin_file", "pin_env");
  }
}

}  // namespace

seal_config read_seal(const toml::table& toml, complaints& sink) {
  const table_reader table{toml,
                           "seal",
                           {"type", "passphrase_file", "passphrase_env", "module", "token",
                            "pin_file", "pin_env", "key"},
                           sink};
  seal_config seal;
  std::string type{to_string(seal.type)};
  std::string passphrase_file;
  std::string module;
  std::string pin_file;
  table.read("type", type, R"("file", "passphrase" or "pkcs11")",
             [](const std::string& text) { return crypto::find_seal_type(text).has_value(); });
  table.read("passphrase_file", passphrase_file, "a path", is_filled);
  table.read("passphrase_env", seal.passphrase_variable, a_variable, is_variable);
  table.read("module", module, "the path of a PKCS #11 module", is_filled);
  constexpr std::size_t longest_token = 32;  // CK_TOKEN_INFO has room for no more
  table.read("token", seal.token.token, "the label of a token",
             [](const std::string& text) { return !text.empty() && text.size() <= longest_token; });
  table.read("pin_file", pin_file, "a path", is_filled);
  table.read("pin_env", seal.token.pin_variable, a_variable, is_variable);
  constexpr std::size_t longest_key = 64;
  table.read("key", seal.key, "a label of 1 to 64 bytes",
             [](const std::string& text) { return !text.empty() && text.size() <= longest_key; });
  seal.type = *crypto::find_seal_type(type);
  seal.passphrase_file = passphrase_file;
  seal.token.module = module;
  seal.token.pin_file = pin_file;
  check(table, seal.type);
  return seal;
}

}  // namespace twinkeep::regions
