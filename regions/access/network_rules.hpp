#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/errors.hpp"
#include "protocol/ip_address.hpp"
#include "protocol/token/token.hpp"
#include "protocol/vault.hpp"
#include "regions/vault/admission.hpp"

// From where a vault is reached: networkAcls, publicNetworkAccess and private endpoints.
namespace twinkeep::regions {

// How a request has come.
struct arrival {
  protocol::ip_address address;
  std::string_view private_endpoint;  // resource id; empty: over a public network
};

// One vault's rules, made ready. Virtual network rules are kept with the vault and match nobody:
// there are no virtual networks here.
struct network_filter {
  bool public_access = true;
  bool allow_by_default = true;
  bool bypass = true;
  protocol::ip_ranges allowed;
  std::vector<std::string> trusted_services;    // object ids; what "AzureServices" are here
  std::vector<std::string> approved_endpoints;  // resource ids
};
[[nodiscard]] network_filter make_network_filter(const protocol::vault_resource& vault,
                                                 std::span<const std::string> trusted_services);

// Asked after authentication and before rights. nullopt: let in.
[[nodiscard]] std::optional<protocol::error> refuse_for_network(
    const arrival& from, const network_filter& filter, const protocol::token::claims& caller,
    const admission_facts& facts);

}  // namespace twinkeep::regions
