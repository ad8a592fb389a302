#include "regions/config/audit.hpp"

#include <algorithm>
#include <array>

namespace twinkeep::regions {

namespace {

struct target_row {
  std::string_view name;
  audit_target target;
};
constexpr std::array targets{target_row{"file", audit_target::file},
                             target_row{"stdout", audit_target::standard_output},
                             target_row{"none", audit_target::none}};

const target_row* find_target(std::string_view name) {
  const auto* row = std::ranges::find(targets, name, &target_row::name);
  return row == targets.end() ? nullptr : row;
}

}  // namespace

audit_config read_audit(const toml::table& toml, complaints& sink) {
  const table_reader table{toml, "audit", {"to", "file", "rotate_mb", "keep", "required"}, sink};
  audit_config audit;
  std::string to = "file";
  std::string file;
  constexpr unsigned most_mb = 1 << 20;
  constexpr unsigned most_files = 1000;
  table.read("to", to, R"("file", "stdout" or "none")",
             [](const std::string& text) { return find_target(text) != nullptr; });
  table.read("file", file, "a path", [](const std::string& text) { return !text.empty(); });
  table.read("rotate_mb", audit.rotate_mb, 1, most_mb);
  table.read("keep", audit.keep, 1, most_files);
  table.read("required", audit.required);
  if (const auto* row = find_target(to)) audit.to = row->target;
  audit.file = file;
  // A file that is named is meant to be written.
  for (const auto* key : {"file", "rotate_mb", "keep"}) {
    if (audit.to != audit_target::file && table.has(key)) {
      table.complain(key, "to = \"file\" with it", "\"" + to + "\"");
    }
  }
  if (audit.required && audit.to == audit_target::none) {
    table.complain("required", "false without an audit log", "true");
  }
  return audit;
}

}  // namespace twinkeep::regions
