#include "regions/topology.hpp"

#include <algorithm>

#include "protocol/identifiers.hpp"

namespace twinkeep::regions {

const region_config* deployment::find_region(std::string_view name) const {
  const auto it =
      std::ranges::find_if(regions, [&](const auto& r) { return r.facts->name == name; });
  return it == regions.end() ? nullptr : &*it;
}

const vault_config* deployment::find_vault(std::string_view name) const {
  const auto wanted = protocol::lower(name);
  const auto it = std::ranges::find_if(
      vaults, [&](const auto& v) { return protocol::lower(v.name) == wanted; });
  return it == vaults.end() ? nullptr : &*it;
}

const region_config* deployment::secondary_of(std::string_view name) const {
  const auto* home = find_region(name);
  return home && home->facts->geo_replicated ? find_region(home->facts->pair) : nullptr;
}

bool deployment::has_hsms(std::string_view region) const {
  return std::ranges::find(hsms, region, &hsm_config::region) != hsms.end();
}

bool deployment::offers_premium(std::string_view region) const {
  const auto* copied_by = secondary_of(region);
  return has_hsms(region) && (copied_by == nullptr || has_hsms(copied_by->facts->name));
}

vault_options options_of(const deployment& d, protocol::vault_sku sku) {
  auto options = d.options;
  options.hsm_keys = sku == protocol::vault_sku::premium;
  return options;
}

deployment default_deployment() {
  deployment d;
  d.listen = {{"127.0.0.1", 8443}, {"::1", 8443}};
  d.admin = {"127.0.0.1", 9443};
  for (const auto* name : {"eastus2", "centralus", "westus3"}) {
    d.regions.push_back({regions::find_region(name), {}});
  }
  d.vaults = {{"demo", "eastus2", {}, {}}, {"west", "westus3", {}, {}}};
  d.suffixes = {"vault.localhost"};
  d.subscription = "00000000-0000-0000-0000-000000000000";
  return d;
}

}  // namespace twinkeep::regions
