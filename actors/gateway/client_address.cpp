#include "actors/gateway/client_address.hpp"

#include "protocol/http/forwarded.hpp"
#include "protocol/join.hpp"

namespace twinkeep::actors {

client_address::client_address(const protocol::ip_address& peer, const protocol::ip_ranges& proxies,
                               std::string private_endpoint)
    : peer_(peer),
      address_(peer),
      private_endpoint_(std::move(private_endpoint)),
      network_info_(actors::network_info({address_, private_endpoint_})),
      behind_proxy_(proxies.contains(peer)) {}

client_address::state client_address::read(const request_head& head,
                                           const protocol::ip_ranges& proxies) {
  const auto& said = head.forwarded_for;
  const auto found =
      said.whole() ? protocol::http::forwarded_for(said.lines(), peer_, proxies) : std::nullopt;
  if (!found) {
    address_ = {};
    network_info_.clear();
    return state::unreadable;
  }
  if (*found == address_ && !network_info_.empty()) return state::same;
  address_ = *found;
  network_info_ = actors::network_info(arrived());
  return state::changed;
}

std::string network_info(const regions::arrival& from) {
  const bool v4 = from.address.is_v4();
  const bool privately = !from.private_endpoint.empty();
  return protocol::join({"conn_type=", privately ? "PrivateLink" : (v4 ? "Ipv4" : "Ipv6"),
                         ";addr=", to_string(from.address),
                         ";act_addr_fam=", v4 ? "InterNetwork;" : "InterNetworkV6;",
                         privately ? "private_endpoint=" : "", from.private_endpoint,
                         privately ? ";" : ""});
}

}  // namespace twinkeep::actors
