#include "regions/config/perimeter.hpp"

#include "regions/config/values.hpp"

namespace twinkeep::regions {

void read_perimeter(const table_reader& root, deployment& d) {
  std::vector<std::string> proxies;
  root.read("trusted_proxies", proxies,
            "an address or a range such as \"10.0.0.0/8\", with no bits set behind its prefix",
            [](const std::string& text) { return protocol::parse_ip_range(text).has_value(); });
  std::vector<protocol::ip_range> ranges;
  for (const auto& text : proxies) {
    if (const auto range = protocol::parse_ip_range(text)) ranges.push_back(*range);
  }
  d.trusted_proxies = protocol::ip_ranges(std::move(ranges));
  root.read("trusted_services", d.trusted_services, "the object id of an application", is_id);
}

}  // namespace twinkeep::regions
