#pragma once

#include <string>

#include "crypto/hsm_world.hpp"
#include "regions/topology.hpp"

// The tokens of a configuration, as an operator wants to know them before the service does.
namespace twinkeep::cli {

struct hsm_report {
  std::string text;
  bool is_well = true;  // nothing that somebody has to see to
};

struct seen_hsm {
  const regions::hsm_config* config = nullptr;
  std::string_view geography;
  crypto::hsm_description found;
};
// Opens every token for a moment, in the order of the configuration.
[[nodiscard]] std::vector<seen_hsm> look_at_hsms(const regions::deployment& deployment);

// A table, and below it what is wrong with whom.
[[nodiscard]] hsm_report show_hsms(const std::vector<seen_hsm>& all);

// "eastus2, zone 1, token "east-1""
[[nodiscard]] std::string name_of(const regions::hsm_config& config);
// What there is to do about it; empty: nothing.
[[nodiscard]] std::string remedy_for(const seen_hsm& hsm);
// Its members' one world. No value: there is none; an error: there is more than one.
[[nodiscard]] result<std::optional<crypto::hsm_world>, std::string> world_of(
    const std::vector<seen_hsm>& all, std::string_view geography);

}  // namespace twinkeep::cli
