#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "crypto/error.hpp"
#include "protocol/vault.hpp"
#include "regions/store/batch.hpp"
#include "regions/topology.hpp"
#include "regions/vault/vault_state.hpp"
#include "regions/vault/write_lease.hpp"

// A region's vaults as resources: which there are, who may do what, from where. Kept like a vault's
// content, as records of a vault of its own, so that three zones hold it, the paired region has a
// copy, and a region that is failed over has it read-only.
namespace twinkeep::regions {

using vault_resource_ptr = std::shared_ptr<const protocol::vault_resource>;
using role_assignment_ptr = std::shared_ptr<const protocol::role_assignment>;

// No vault has such a name: '!' is not allowed in one.
[[nodiscard]] std::string registry_name(std::string_view region);
[[nodiscard]] bool is_registry(std::string_view vault);

// A request that was carried out, so that it is answered and not redone when it comes again.
struct carried_out {
  std::string request_id;
  bool created = false;
};

struct registry_state {
  using vaults = std::map<std::string, vault_resource_ptr, std::less<>>;  // by lower-case name

  vault_identity_ptr identity;
  vaults declared;  // by the configuration: there until something else is recorded
  vaults recorded;
  std::set<std::string, std::less<>> purging;  // lower names: the content is being removed
  // Names of vaults that are no more, where there are HSMs: a token that was away may hold their
  // keys, however long. Until the name is given again.
  std::set<std::string, std::less<>> purged;
  std::map<std::string, role_assignment_ptr, std::less<>> assignments;  // by lower-case name
  std::uint64_t changes = 0;       // committed so far: the later of two views has more
  std::deque<carried_out> recent;  // the last `most_recent`
  static constexpr std::size_t most_recent = 64;

  // Deleted ones too; null: none.
  [[nodiscard]] vault_resource_ptr find(std::string_view lower_name) const;
  // All, by name, deleted ones too.
  [[nodiscard]] std::vector<vault_resource_ptr> all() const;
  [[nodiscard]] const carried_out* find_carried_out(std::string_view request_id) const;
};

// The vaults that the configuration declares in a region.
[[nodiscard]] registry_state::vaults declared_vaults(const deployment& topology,
                                                     std::string_view region);

// State follows from records alone (vault/apply.hpp). corrupt: load it again.
[[nodiscard]] crypto::outcome<registry_state> load_registry(vault_identity_ptr identity,
                                                            std::span<const record_change> records,
                                                            registry_state::vaults declared);
[[nodiscard]] crypto::outcome<void> apply(registry_state& registry,
                                          std::span<const record_change> changes,
                                          const write_lease& lease);
[[nodiscard]] crypto::outcome<void> apply_replicated(registry_state& registry,
                                                     std::span<const record_change> changes);

// Record keys within a registry:
//   "!key"              its data key
//   "!changes"          how often it has changed, and the last requests
//   "v/<lower-name>"    a vault
//   "x/<lower-name>"    there while a purged vault's content is being removed
//   "p/<name>"          a vault was purged whose keys HSMs may hold
//   "a/<lower-guid>"    a role assignment
inline constexpr std::string_view changes_record = "!changes";
inline constexpr std::string_view vault_prefix = "v/";
inline constexpr std::string_view purge_prefix = "x/";
inline constexpr std::string_view purged_prefix = "p/";
inline constexpr std::string_view assignment_prefix = "a/";

}  // namespace twinkeep::regions
