#include "protocol/key.hpp"

#include <algorithm>
#include <array>

namespace twinkeep::protocol {

namespace {

struct row {
  key_operation op;
  std::string_view name;
};
constexpr std::array rows = std::to_array<row>({
    {key_operation::encrypt, "encrypt"},
    {key_operation::decrypt, "decrypt"},
    {key_operation::sign, "sign"},
    {key_operation::verify, "verify"},
    {key_operation::wrap_key, "wrapKey"},
    {key_operation::unwrap_key, "unwrapKey"},
    {key_operation::import_, "import"},
    {key_operation::export_, "export"},
});

constexpr bool in_enum_order() {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (static_cast<std::size_t>(rows[i].op) != i) return false;
  }
  return rows.back().op == key_operation::export_;
}
static_assert(in_enum_order(), "the table is indexed by the enumeration");

struct kind_row {
  key_kind kind;
  std::string_view name;
};
constexpr std::array kinds = std::to_array<kind_row>({
    {{crypto::key_type::rsa, false}, "RSA"},
    {{crypto::key_type::rsa, true}, "RSA-HSM"},
    {{crypto::key_type::ec, false}, "EC"},
    {{crypto::key_type::ec, true}, "EC-HSM"},
    {{crypto::key_type::oct, false}, "oct"},
    {{crypto::key_type::oct, true}, "oct-HSM"},
});

}  // namespace

std::string_view to_string(key_kind kind) {
  return std::ranges::find(kinds, kind, &kind_row::kind)->name;
}

std::optional<key_kind> find_key_kind(std::string_view name) {
  const auto* it = std::ranges::find(kinds, name, &kind_row::name);
  if (it == kinds.end()) return std::nullopt;
  return it->kind;
}

std::string_view to_string(key_operation op) {
  return rows.at(std::size_t(op)).name;
}

std::optional<key_operation> find_key_operation(std::string_view name) {
  const auto it = std::ranges::find(rows, name, &row::name);
  if (it == rows.end()) return std::nullopt;
  return it->op;
}

std::vector<key_operation> default_key_operations(crypto::key_type type) {
  using enum key_operation;
  // RSA: the order is recorded; EC: RFC 7518 §3.4 knows signatures only; oct: CONTRACT 5.5.
  switch (type) {
    case crypto::key_type::rsa:
      return {encrypt, decrypt, sign, verify, wrap_key, unwrap_key};
    case crypto::key_type::ec:
      return {sign, verify};
    case crypto::key_type::oct:
      return {encrypt, decrypt, wrap_key, unwrap_key};
  }
  return {};
}

}  // namespace twinkeep::protocol
