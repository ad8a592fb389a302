#include "regions/access/network_rules.hpp"

#include <algorithm>

#include "protocol/identifiers.hpp"
#include "protocol/messages.hpp"
#include "regions/access/callers.hpp"

namespace twinkeep::regions {

namespace {

bool contains_id(std::span<const std::string> ids, std::string_view id) {
  return std::ranges::any_of(ids, [&](const auto& known) { return protocol::same_id(known, id); });
}

}  // namespace

network_filter make_network_filter(const protocol::vault_resource& vault,
                                   std::span<const std::string> trusted_services) {
  network_filter filter;
  filter.public_access = vault.public_access;
  filter.trusted_services.assign(trusted_services.begin(), trusted_services.end());
  for (const auto& connection : vault.connections) {
    if (connection.status == protocol::connection_status::approved) {
      filter.approved_endpoints.push_back(connection.endpoint_id);
    }
  }
  if (!vault.network) return filter;
  filter.allow_by_default = vault.network->allow_by_default;
  filter.bypass = vault.network->bypass_azure_services;
  std::vector<protocol::ip_range> ranges;
  for (const auto& rule : vault.network->ip_rules) {
    // What cannot be read lets nobody in; whoever reads a vault's body has refused it.
    if (const auto range = protocol::parse_ip_range(rule)) ranges.push_back(*range);
  }
  filter.allowed = protocol::ip_ranges(std::move(ranges));
  return filter;
}

std::optional<protocol::error> refuse_for_network(const arrival& from, const network_filter& filter,
                                                  const protocol::token::claims& caller,
                                                  const admission_facts& facts) {
  const auto wrong_connection = [&] {
    return protocol::forbidden_by_connection(identity_of(caller), facts.vault, facts.home_region);
  };
  if (!from.private_endpoint.empty()) {
    if (contains_id(filter.approved_endpoints, from.private_endpoint)) return std::nullopt;
    return wrong_connection();
  }
  if (filter.public_access && filter.allow_by_default) return std::nullopt;
  if (filter.bypass && contains_id(filter.trusted_services, caller.object_id)) return std::nullopt;
  if (!filter.public_access) return wrong_connection();
  if (filter.allowed.contains(from.address)) return std::nullopt;
  return protocol::forbidden_by_firewall(to_string(from.address), identity_of(caller), facts.vault,
                                         facts.home_region);
}

}  // namespace twinkeep::regions
