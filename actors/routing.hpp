#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "actors/interfaces.hpp"
#include "actors/snapshot_board.hpp"
#include "regions/access/access_rules.hpp"
#include "regions/failover/route.hpp"
#include "regions/registry/registry_state.hpp"
#include "regions/topology.hpp"

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
  std::optional<regions::instant> failed_over_at;  // while the pair serves it
  vault_actor primary;                             // null while its region has not placed it
  vault_actor secondary;                           // the copy in the paired region
  unsigned primary_zone = 0;
  unsigned secondary_zone = 0;
  protocol::recovery_rules recovery;
  std::string geography;
  regions::access_rules_ptr access;  // who may do what, and from where
  std::string tenant;                // whose tokens count
  std::shared_ptr<vault_gauge> gauge;
  regions::vault_resource_ptr resource = nullptr;  // null: a region's registry

  // Who is to be asked now; null: nobody for the moment.
  [[nodiscard]] const vault_actor& serving() const {
    return route.mode == regions::vault_mode::read_only ? secondary : primary;
  }
};

// A region's vaults as its registry has published them.
struct registry_view {
  std::uint64_t changes = 0;
  std::vector<regions::vault_resource_ptr> vaults;  // deleted ones too
  std::set<std::string, std::less<>> purging;       // lower-case names
  std::vector<regions::role_assignment_ptr> assignments;
};
using registry_view_ptr = std::shared_ptr<const registry_view>;

using assignment_list = std::shared_ptr<const std::vector<protocol::role_assignment>>;

// An immutable snapshot; lower-case vault name to entry. A region's registry is an entry like a
// vault.
struct routing_table {
  std::map<std::string, route_entry, std::less<>> vaults;
  std::map<std::string, registry_view_ptr, std::less<>> registries;  // by region; those heard of
  assignment_list assignments;  // of all of them, and the configuration's
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

// Every declared vault and every registry unavailable-until-placed: the table before any region is
// up.
[[nodiscard]] routing_table_ptr first_routing_table(const regions::deployment& topology,
                                                    const std::vector<std::string>& administrators);

// Puts what a registry, or its copy, holds into the table: vaults come and go, and who may do what
// on them changes. One that knows less than what is published already changes nothing.
void publish_registry(routing_table& table, const regions::deployment& topology,
                      const std::vector<std::string>& administrators, const std::string& region,
                      registry_view_ptr view);

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
