#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "actors/interfaces.hpp"
#include "actors/snapshot_board.hpp"
#include "regions/failover/route.hpp"
#include "regions/topology.hpp"
#include "regions/vault/admission.hpp"

namespace twinkeep::actors {

// How many requests a vault has taken and not yet answered: what sheds load before a mailbox grows
// without bound. Shared by all tables that name the vault.
struct vault_gauge {
  static constexpr unsigned limit = 2048;
  std::atomic<unsigned> in_flight{0};
};

// Where requests for one vault go.
struct route_entry {
  std::string vault;
  std::string home_region;
  std::string secondary_region;  // empty: none that may serve it
  regions::vault_route route;
  vault_actor primary;    // null while its region has not placed it
  vault_actor secondary;  // the copy in the paired region
  unsigned primary_zone = 0;
  unsigned secondary_zone = 0;
  protocol::recovery_rules recovery;
  std::string geography;
  std::string tenant;  // whose tokens count
  std::shared_ptr<const regions::access_rules> access;
  std::shared_ptr<vault_gauge> gauge;

  // Who is to be asked now; null: nobody for the moment.
  [[nodiscard]] const vault_actor& serving() const {
    return route.mode == regions::vault_mode::read_only ? secondary : primary;
  }
};

// An immutable snapshot; lower-case vault name to entry.
struct routing_table {
  std::map<std::string, route_entry, std::less<>> vaults;
  [[nodiscard]] const route_entry* find(std::string_view lower_vault) const {
    const auto it = vaults.find(lower_vault);
    return it == vaults.end() ? nullptr : &it->second;
  }
};
using routing_table_ptr = std::shared_ptr<const routing_table>;

// The table in force. The supervisor publishes; everybody reads. It outlives the supervisor, which
// is why losing that changes nothing until it is back.
using routing_board = snapshot_board<routing_table>;

class routing_view : private snapshot_view<routing_table> {
 public:
  using snapshot_view::snapshot_view;
  [[nodiscard]] const routing_table_ptr& table() { return look(); }
};

// Every vault unavailable-until-placed: the table before any region is up.
// `tenant` is that of vaults for which the configuration names none.
[[nodiscard]] routing_table_ptr first_routing_table(const regions::deployment& topology,
                                                    const std::vector<std::string>& administrators,
                                                    const std::string& tenant);

// Where the actors are that must be found again by a supervisor that was itself started again.
class directory {
 public:
  void set_region(const std::string& name, region_actor actor);
  [[nodiscard]] region_actor region(const std::string& name) const;
  void set_supervisor(supervisor_actor actor);
  [[nodiscard]] supervisor_actor supervisor() const;
  void clear();

 private:
  mutable std::mutex mutex_;
  std::map<std::string, region_actor> regions_;
  supervisor_actor supervisor_;
};

}  // namespace twinkeep::actors
