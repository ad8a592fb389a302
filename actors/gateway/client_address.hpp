#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "actors/gateway/request_head.hpp"
#include "protocol/ip_address.hpp"
#include "regions/access/network_rules.hpp"

namespace twinkeep::actors {

// Where a connection's requests come from. Known once and for all, but for a trusted proxy, which
// brings those of many clients.
class client_address {
 public:
  client_address() = default;
  // `private_endpoint`: the resource id of the one that the listener belongs to; empty: none.
  client_address(const protocol::ip_address& peer, const protocol::ip_ranges& proxies,
                 std::string private_endpoint = {});

  enum class state : std::uint8_t {
    same,       // as with the request before
    changed,    // it is another client
    unreadable  // a trusted proxy, and it does not say for whom: nobody's request
  };
  // For each request, before anything else is decided.
  [[nodiscard]] state follow(const request_head& head, const protocol::ip_ranges& proxies) {
    return behind_proxy_ ? read(head, proxies) : state::same;
  }

  [[nodiscard]] const protocol::ip_address& address() const { return address_; }
  [[nodiscard]] regions::arrival arrived() const { return {address_, private_endpoint_}; }
  // The line x-ms-keyvault-network-info; empty: unreadable.
  [[nodiscard]] std::string_view network_info() const { return network_info_; }

 private:
  [[nodiscard]] state read(const request_head& head, const protocol::ip_ranges& proxies);

  protocol::ip_address peer_;
  protocol::ip_address address_;
  std::string private_endpoint_;
  std::string network_info_;
  bool behind_proxy_ = false;
};

// "conn_type=Ipv4;addr=203.0.113.7;act_addr_fam=InterNetwork;" (CONTRACT 1.3)
[[nodiscard]] std::string network_info(const regions::arrival& from);

}  // namespace twinkeep::actors
