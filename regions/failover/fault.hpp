#pragma once

#include <cstdint>
#include <span>
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
  clock_advance,
  throttled,
  hsm_down,
};
enum class component { vault, crypto, zone, replicator, supervisor };

// A fault is a value: a drill, a step of the simulation and an end-to-end test name the same type.
struct fault {
  fault_kind kind = fault_kind::region_down;
  std::string region;    // where; not link_cut, clock_advance, throttled, a crashed supervisor
  unsigned zone = 0;     // zone_*, fsync_error, hsm_down, and component_crash of a zone; from 1
  std::string from, to;  // link_cut: changes no longer travel from `from` to `to`
  regions::component component = regions::component::vault;
  std::string vault;                   // component_crash of a vault, throttled
  std::int64_t seconds = 0;            // clock_advance: by how much
  std::uint32_t share_millionths = 0;  // throttled: of so many of a million requests
  auto operator<=>(const fault&) const = default;

  // Happens once and leaves nothing to undo: zone_wiped, component_crash and clock_advance.
  [[nodiscard]] bool momentary() const {
    return kind == fault_kind::zone_wiped || kind == fault_kind::component_crash ||
           kind == fault_kind::clock_advance;
  }
};

inline constexpr std::uint32_t whole_share = 1'000'000;
inline constexpr std::int64_t longest_advance_s = 10LL * 366 * 86'400;

[[nodiscard]] std::string_view to_string(fault_kind kind);
[[nodiscard]] std::string_view to_string(component c);
[[nodiscard]] std::string describe(const fault& f);  // "zone_down eastus2/1"

struct deployment;
struct vault_config;
struct fault_error {
  std::string message;  // names the field, what was expected and what was found
};
// {"fault": ..., "region": ..., "zone": 1 or "1", "from", "to", "component", "vault", "seconds",
// "share": above 0 and up to 1} with every needed field present and naming something that this
// deployment has, and one of the `vaults` that there are now. Unknown members other than
// "for_seconds" are refused.
[[nodiscard]] result<fault, fault_error> read_fault(std::string_view json, const deployment& d,
                                                    std::span<const vault_config> vaults);

}  // namespace twinkeep::regions
