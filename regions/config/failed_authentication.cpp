#include "regions/config/failed_authentication.hpp"

namespace twinkeep::regions {

void read_failed_authentication(const table_reader& root, failure_limits& limits,
                                complaints& sink) {
  const auto* t = root.table("failed_authentication");
  if (t == nullptr) return;
  const table_reader table{
      *t, "failed_authentication", {"per_address", "per_caller", "window"}, sink};
  constexpr unsigned most = 1'000'000;
  table.read("per_address", limits.per_address, 0, most);
  table.read("per_caller", limits.per_caller, 0, most);
  table.read("window", limits.window);
}

}  // namespace twinkeep::regions
