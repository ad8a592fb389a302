#include "actors/admin/cli/hsm_view.hpp"

#include <algorithm>
#include <set>

#include "actors/admin/cli/text_table.hpp"
#include "crypto/algorithms.hpp"

namespace twinkeep::cli {

namespace {

using crypto::hsm_condition;

std::string_view geography_of(const regions::deployment& deployment, std::string_view region) {
  const auto* const found = deployment.find_region(region);
  return found == nullptr ? std::string_view{} : found->facts->geography;
}

std::string algorithms_missing_in(const crypto::hsm_description& found) {
  std::string names;
  for (const auto& alg : crypto::algorithms()) {
    if (std::ranges::find(found.algorithms, alg.name) != found.algorithms.end()) continue;
    names.append(names.empty() ? "" : ", ").append(alg.name);
  }
  return names;
}

bool is_open(const seen_hsm& hsm) {
  return hsm.found.condition == hsm_condition::member ||
         hsm.found.condition == hsm_condition::no_world;
}

}  // namespace

std::vector<seen_hsm> look_at_hsms(const regions::deployment& deployment) {
  std::vector<seen_hsm> all;
  for (const auto& config : deployment.hsms) {
    all.push_back(
        {&config, geography_of(deployment, config.region), crypto::describe_hsm(config.where)});
  }
  return all;
}

std::string name_of(const regions::hsm_config& config) {
  return config.region + ", zone " + std::to_string(config.zone) + ", token \"" +
         printable(config.where.token) + '"';
}

std::string remedy_for(const seen_hsm& hsm) {
  switch (hsm.found.condition) {
    case hsm_condition::no_token:
      return "initialize it with its vendor's tool (SoftHSM: softhsm2-util --init-token --free "
             "--label '" +
             printable(hsm.config->where.token) + "')";
    case hsm_condition::no_world:
      return "take it into its geography's with `twinkeep hsm provision`";
    default:
      return "";
  }
}

result<std::optional<crypto::hsm_world>, std::string> world_of(const std::vector<seen_hsm>& all,
                                                               std::string_view geography) {
  std::optional<crypto::hsm_world> world;
  for (const auto& hsm : all) {
    if (hsm.geography != geography || !hsm.found.world) continue;
    if (world && *world != *hsm.found.world) {
      return failure{"the tokens of the geography " + std::string{geography} +
                     " belong to more than one security world: their keys are not each other's"};
    }
    world = hsm.found.world;
  }
  return world;
}

hsm_report show_hsms(const std::vector<seen_hsm>& all) {
  text_table table({{"REGION"},
                    {"ZONE", align::right},
                    {"TOKEN"},
                    {"MODULE"},
                    {"MODEL"},
                    {"SERIAL"},
                    {"STATE"},
                    {"WORLD"},
                    {"KEYS", align::right}});
  hsm_report report;
  std::string below;
  std::set<std::string_view> geographies;
  for (const auto& hsm : all) {
    const auto& [config, geography, found] = hsm;
    geographies.insert(geography);
    table.add_row({config->region, std::to_string(config->zone), printable(config->where.token),
                   printable(config->where.module.string()), printable(found.model),
                   printable(found.serial), std::string{to_string(found.condition)},
                   found.world ? crypto::hex_encode(*found.world) : "",
                   is_open(hsm) ? std::to_string(found.keys) : ""});
    if (found.condition != hsm_condition::member) {
      report.is_well = false;
      const auto remedy = remedy_for(hsm);
      below += name_of(*config) + ": " + printable(found.what_is_wrong) +
               (remedy.empty() ? "" : "; " + remedy) + '\n';
    }
    const auto missing = is_open(hsm) ? algorithms_missing_in(found) : "";
    if (!missing.empty()) below += name_of(*config) + ": does not offer " + missing + '\n';
  }
  for (const auto geography : geographies) {
    if (const auto world = world_of(all, geography); !world) {
      report.is_well = false;
      below += world.error() + '\n';
    }
  }
  report.text = table.render() + (below.empty() ? "" : '\n' + below);
  return report;
}

}  // namespace twinkeep::cli
