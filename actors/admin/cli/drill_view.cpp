#include "actors/admin/cli/drill_view.hpp"

#include <array>
#include <cstdio>

#include "actors/admin/cli/json_fields.hpp"
#include "actors/admin/cli/text_table.hpp"

namespace twinkeep::cli {
namespace json = boost::json;

json::object to_json(const drill_request& request) {
  json::object out;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out[name] = value;
  };
  add("fault", request.fault);
  add("region", request.region);
  add("zone", request.zone);
  add("from", request.from);
  add("to", request.to);
  add("component", request.component);
  add("vault", request.vault);
  if (request.seconds) out["seconds"] = *request.seconds;
  if (request.share) out["share"] = *request.share;
  if (request.length) {
    out["for_seconds"] = std::chrono::duration<double>(*request.length).count();
  }
  return out;
}

std::string drill_target(const json::value& drill) {
  const auto present = [&](std::string_view name) {
    const std::string text = field(drill, name);
    return text == "-" ? "" : text;
  };
  std::string target = present("region");
  if (const std::string zone = present("zone"); !zone.empty() && zone != "0") target += '/' + zone;
  const auto append = [&](const std::string& text) {
    if (text.empty()) return;
    if (!target.empty()) target += ' ';
    target += text;
  };
  if (const std::string from = present("from"); !from.empty()) {
    append(from + " -> " + present("to"));
  }
  append(present("component"));
  append(present("vault"));
  if (const json::value& seconds = member(drill, "seconds"); !seconds.is_null()) {
    append(field(drill, "seconds") + " s");
  }
  if (const json::value& share = member(drill, "share"); share.is_number()) {
    constexpr double percent = 100;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%g %%", percent * share.to_number<double>());
    append(text.data());
  }
  return target;
}

std::string show_drills(const json::value& drills) {
  const json::array& all = list(drills, "drills");
  if (all.empty()) return "no drills\n";
  text_table table({{"ID"}, {"FAULT"}, {"TARGET"}, {"ACTIVE"}, {"STARTED"}, {"ENDS"}});
  for (const json::value& drill : all) {
    table.add_row({field(drill, "id"), field(drill, "fault"), drill_target(drill),
                   flag(drill, "active") ? "yes" : "no", field(drill, "started"),
                   field(drill, "ends")});
  }
  return table.render();
}

}  // namespace twinkeep::cli
