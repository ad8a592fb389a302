#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/http/target.hpp"
#include "regions/topology.hpp"

namespace twinkeep::actors {

// A vault under the name that a client asked for it by.
struct place {
  std::string vault;     // lower case: key of the routing table
  std::string base_url;  // of the ids in answers: "https://demo.vault.localhost:8443"
  std::string resource;  // of the challenge: follows the Host header, port included
};

// "https://host[:port]", without :443, an IPv6 address in brackets.
[[nodiscard]] std::string origin_of(const protocol::http::authority& a);

// Which host is which vault: <vault>.<suffix> for every suffix; the first vault also under
// localhost, the loopback addresses and the further names of the server certificate.
class host_map {
 public:
  explicit host_map(const regions::deployment& topology);
  // None: no vault could have this host. Whether there is one is for the routing table to say.
  [[nodiscard]] std::optional<place> find(const protocol::http::authority& a) const;
  // The vault under a host that is none of its names.
  [[nodiscard]] place under(const std::string& vault, const protocol::http::authority& a) const;

 private:
  std::vector<std::string> suffixes_;            // lower case
  std::string first_;                            // lower case
  std::set<std::string, std::less<>> of_first_;  // its further hosts
};

// What tokens may be for: the resources of the challenges, Azure's own, and configured ones. A
// port is no part of who we are: behind a forwarded port it is another one.
class audiences {
 public:
  explicit audiences(const regions::deployment& topology);
  // Of the management plane: Azure's own, and the names under which the service is asked that are
  // no vault's.
  [[nodiscard]] static audiences of_management(const regions::deployment& topology);
  [[nodiscard]] const std::vector<std::string>& accepted() const { return accepted_; }
  // Without port if the rest is one of the accepted ones; else as it is.
  [[nodiscard]] std::string canonical(std::string_view audience) const;
  [[nodiscard]] bool accepts(std::string_view audience) const;

 private:
  audiences() = default;
  void add(std::string audience);
  [[nodiscard]] bool contains(std::string_view audience) const;
  std::vector<std::string> accepted_;
};

}  // namespace twinkeep::actors
