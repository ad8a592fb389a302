#include "regions/config/private_endpoints.hpp"

#include <algorithm>

#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"

namespace twinkeep::regions {

namespace {

bool is_name(const std::string& text) {
  return protocol::is_object_name(text);
}

void read_one(const table_reader& table, deployment& d) {
  private_endpoint_config endpoint;
  std::string listen;
  constexpr std::string_view a_name = "1 to 127 letters, digits and '-'";
  constexpr std::string_view a_vault = "the name of a vault";
  constexpr std::string_view an_address = "an address and a port such as \"127.0.0.2:8443\"";
  table.read("name", endpoint.name, a_name, is_name);
  table.read("vault", endpoint.vault, a_vault,
             [](const std::string& text) { return protocol::is_vault_name(text); });
  table.read("listen", listen, an_address,
             [](const std::string& text) { return parse_endpoint(text).ok(); });
  if (const auto* vault = d.find_vault(endpoint.vault)) endpoint.region = vault->region;
  table.read("region", endpoint.region, "a region of this deployment",
             [&](const std::string& text) { return d.find_region(text) != nullptr; });
  table.read("approved", endpoint.approved);
  for (const auto* key : {"name", "vault", "listen"}) {
    if (!table.has(key)) table.complain_of_value(key, "a value");
  }
  if (endpoint.region.empty()) {
    table.complain_of_value("region", "a region: the vault is not declared here");
  }
  if (const auto parsed = parse_endpoint(listen)) endpoint.listen = *parsed;
  const auto is_same = [&](const private_endpoint_config& other) {
    return protocol::lower(other.name) == protocol::lower(endpoint.name);
  };
  if (std::ranges::any_of(d.private_endpoints, is_same)) {
    table.complain("name", "each private endpoint once", "\"" + endpoint.name + "\" again");
  }
  endpoint.resource_id =
      protocol::join({"/subscriptions/", d.subscription, "/resourceGroups/", d.resource_group,
                      "/providers/Microsoft.Network/privateEndpoints/", endpoint.name});
  d.private_endpoints.push_back(std::move(endpoint));
}

}  // namespace

void read_private_endpoints(const table_reader& root, deployment& d, complaints& sink) {
  const auto tables = root.tables("private_endpoints");
  if (!tables) return;
  for (const auto* t : *tables) {
    read_one({*t, "private_endpoints", {"name", "vault", "listen", "region", "approved"}, sink}, d);
  }
}

}  // namespace twinkeep::regions
