#include <algorithm>
#include <array>

#include "crypto/seal.hpp"

namespace twinkeep::crypto {

namespace {

struct type_row {
  seal_type type;
  std::string_view name;
};
constexpr std::array types{type_row{seal_type::file, "file"},
                           type_row{seal_type::passphrase, "passphrase"},
                           type_row{seal_type::pkcs11, "pkcs11"}};

}  // namespace

std::string_view to_string(seal_type type) {
  return std::ranges::find(types, type, &type_row::type)->name;
}

std::optional<seal_type> find_seal_type(std::string_view name) {
  const auto* row = std::ranges::find(types, name, &type_row::name);
  return row == types.end() ? std::nullopt : std::optional{row->type};
}

}  // namespace twinkeep::crypto
