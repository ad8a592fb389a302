#include "actors/admin/cli/status_view.hpp"

#include "actors/admin/cli/json_fields.hpp"
#include "actors/admin/cli/text_table.hpp"

namespace twinkeep::cli {
namespace json = boost::json;
namespace {

std::string yes_or_no(const json::value& object, std::string_view name) {
  if (!member(object, name).is_bool()) return "-";
  return flag(object, name) ? "yes" : "NO";
}

std::string show_regions(const json::array& regions) {
  text_table table({{"REGION"},
                    {"PAIR"},
                    {"STATE"},
                    {"REVISION", align::right},
                    {"ZONE"},
                    {"ZONE STATE"},
                    {"IN SYNC"},
                    {"ZONE REVISION", align::right}});
  for (const json::value& region : regions) {
    std::vector<std::string> cells{field(region, "name"), field(region, "pair"),
                                   field(region, "state"), field(region, "revision")};
    for (const json::value& zone : list(region, "zones")) {
      cells.resize(4);
      cells.insert(cells.end(), {field(zone, "id"), field(zone, "state"),
                                 yes_or_no(zone, "in_sync"), field(zone, "revision")});
      table.add_row(cells);
      // The region's own cells stand in the first of its rows only.
      cells.assign(4, "");
    }
    if (list(region, "zones").empty()) table.add_row(cells);
  }
  return table.render();
}

// Empty when no region replicates another.
std::string show_replication(const json::array& regions) {
  text_table table({{"REPLICA IN"},
                    {"OF"},
                    {"APPLIED", align::right},
                    {"BEHIND (REVISIONS)", align::right},
                    {"BEHIND (TIME)", align::right},
                    {"LAST SYNC"}});
  bool any = false;
  for (const json::value& region : regions) {
    const json::value& replication = member(region, "replication");
    if (!replication.is_object()) continue;
    any = true;
    table.add_row({field(region, "name"), field(replication, "source"),
                   field(replication, "applied"), field(replication, "lag_revisions"),
                   seconds_field(replication, "lag_seconds"),
                   field(replication, "last_sync_time")});
  }
  return any ? table.render() : "";
}

// Empty when there are no HSMs.
std::string show_hsms(const json::array& regions) {
  text_table table({{"HSM IN"},
                    {"ZONE"},
                    {"TOKEN"},
                    {"STATE"},
                    {"KEYS", align::right},
                    {"MISSING", align::right},
                    {"TROUBLE"}});
  bool any = false;
  for (const json::value& region : regions) {
    if (!member(region, "hsms").is_array()) continue;
    for (const json::value& hsm : list(region, "hsms")) {
      any = true;
      table.add_row({field(region, "name"), field(hsm, "zone"), field(hsm, "token"),
                     field(hsm, "state"), field(hsm, "keys"), field(hsm, "missing"),
                     field(hsm, "trouble")});
    }
  }
  return any ? table.render() : "";
}

std::string show_vaults(const json::array& vaults) {
  text_table table({{"VAULT"}, {"REGION"}, {"SERVED BY"}, {"MODE"}});
  for (const json::value& vault : vaults) {
    table.add_row({field(vault, "name"), field(vault, "region"), field(vault, "serving_region"),
                   field(vault, "mode")});
  }
  return table.render();
}

}  // namespace

std::string show_status(const json::value& status) {
  const json::array& regions = list(status, "regions");
  std::string out = show_regions(regions) + '\n';
  if (const std::string replication = show_replication(regions); !replication.empty()) {
    out += replication + '\n';
  }
  if (const std::string hsms = show_hsms(regions); !hsms.empty()) out += hsms + '\n';
  return out + show_vaults(list(status, "vaults"));
}

}  // namespace twinkeep::cli
