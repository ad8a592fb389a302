#include "regions/config/hsms.hpp"

#include <algorithm>

#include "protocol/join.hpp"
#include "regions/config/values.hpp"

namespace twinkeep::regions {

namespace {

using protocol::join;

// A key is in two of three zones: one may be lost.
constexpr std::size_t hsms_of_region = 2;
constexpr std::size_t longest_label = 32;  // CK_TOKEN_INFO

bool is_label(const std::string& text) {
  return !text.empty() && text.size() <= longest_label;
}

bool is_variable(const std::string& text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && std::ranges::all_of(text, fits) &&
         !(text.front() >= '0' && text.front() <= '9');
}

// The PIN itself never stands in the file, and never on a command line.
void read_pin(const table_reader& table, crypto::hsm_location& where) {
  std::string file;
  table.read("pin_file", file, "the path of a file whose first line is the PIN", is_filled);
  table.read("pin_env", where.pin_variable,
             "the name of an environment variable whose value is the PIN", is_variable);
  where.pin_file = file;
  const bool both = table.has("pin_file") && table.has("pin_env");
  const bool none = !table.has("pin_file") && !table.has("pin_env");
  if (both) table.complain("pin_env", "either pin_file or pin_env", "both");
  if (none) table.complain("pin_file", "pin_file or pin_env", "none");
}

void read_module(const table_reader& table, crypto::hsm_location& where) {
  constexpr std::string_view a_path = "the path of a PKCS #11 module";
  constexpr std::string_view a_label = "the label of a token, 1 to 32 octets";
  std::string module;
  table.read("module", module, a_path, is_filled);
  table.read("token", where.token, a_label, is_label);
  if (!table.has("module")) table.complain_of_value("module", a_path);
  if (!table.has("token")) table.complain_of_value("token", a_label);
  where.module = std::filesystem::path{module}.lexically_normal();
}

void refuse_again(const table_reader& table, const hsm_config& hsm, const deployment& d) {
  const auto same_zone = [&](const hsm_config& other) {
    return other.region == hsm.region && other.zone == hsm.zone;
  };
  const auto same_token = [&](const hsm_config& other) {
    return other.where.module == hsm.where.module && other.where.token == hsm.where.token;
  };
  if (std::ranges::any_of(d.hsms, same_zone)) {
    table.complain("zone", "each zone of a region once",
                   join({std::to_string(hsm.zone), " of ", hsm.region, " again"}));
  }
  if (std::ranges::any_of(d.hsms, same_token)) {
    table.complain("token", "each token once", in_quotes(hsm.where.token) + " again");
  }
}

void read_one(const table_reader& table, deployment& d) {
  hsm_config hsm;
  const auto a_region = join({"a region of this deployment (", names_of(d.regions), ")"});
  table.read("region", hsm.region, a_region,
             [&](const std::string& text) { return d.find_region(text) != nullptr; });
  if (!table.has("region")) table.complain_of_value("region", a_region);
  table.read("zone", hsm.zone, 1, replicas_per_region);
  if (!table.has("zone")) {
    table.complain_of_value("zone",
                            join({"a zone from 1 to ", std::to_string(replicas_per_region)}));
  }
  read_module(table, hsm.where);
  read_pin(table, hsm.where);
  refuse_again(table, hsm, d);
  d.hsms.push_back(std::move(hsm));
}

}  // namespace

void read_hsms(const table_reader& root, deployment& d, complaints& sink) {
  const auto tables = root.tables("hsm");
  if (!tables) return;
  std::vector<table_reader> readers;
  for (const auto* t : *tables) {
    readers.emplace_back(*t, "hsm",
                         std::initializer_list<std::string_view>{"region", "zone", "module",
                                                                 "token", "pin_file", "pin_env"},
                         sink);
    read_one(readers.back(), d);
  }
  for (std::size_t i = 0; i < readers.size(); ++i) {
    const auto& region = d.hsms[i].region;
    const auto count = std::ranges::count(d.hsms, region, &hsm_config::region);
    if (count == hsms_of_region) continue;
    readers[i].complain("region", "[[hsm]] for exactly two zones of each region that has any",
                        join({std::to_string(count), " for ", region}));
  }
}

}  // namespace twinkeep::regions
