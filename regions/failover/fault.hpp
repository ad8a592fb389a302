#pragma once

#include <string>
#include <string_view>

#include "crypto/result.hpp"

namespace twinkeep::regions {

enum class fault_kind {
  region_down,
  region_frozen,
  zone_down,
  zone_frozen,
  zone_wiped,
  link_cut,
  fsync_error,
  component_crash,
};
enum class component { vault, crypto, zone, replicator, supervisor };

// A fault is a value: a drill, a step of the simulation and an end-to-end test name the same type.
struct fault {
  fault_kind kind = fault_kind::region_down;
  std::string region;    // all but link_cut; component_crash of the supervisor needs none
  unsigned zone = 0;     // zone_*, fsync_error, and component_crash of a zone; from 1
  std::string from, to;  // link_cut: changes no longer travel from `from` to `to`
  regions::component component = regions::component::vault;
  std::string vault;  // component_crash of a vault
  auto operator<=>(const fault&) const = default;

  // Happens once and leaves nothing to undo: zone_wiped and component_crash.
  [[nodiscard]] bool momentary() const {
    return kind == fault_kind::zone_wiped || kind == fault_kind::component_crash;
  }
};

[[nodiscard]] std::string_view to_string(fault_kind kind);
[[nodiscard]] std::string_view to_string(component c);
[[nodiscard]] std::string describe(const fault& f);  // "zone_down eastus2/1"

struct deployment;
struct fault_error {
  std::string message;  // names the field, what was expected and what was found
};
// {"fault": ..., "region": ..., "zone": 1 or "1", "from", "to", "component", "vault"} with every
// needed field present and naming something that this deployment has. Unknown members other than
// "for_seconds" are refused.
[[nodiscard]] result<fault, fault_error> read_fault(std::string_view json, const deployment& d);

}  // namespace twinkeep::regions
