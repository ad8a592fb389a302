#pragma once

#include <functional>

#include "actors/gateway/answer.hpp"
#include "actors/routing.hpp"
#include "protocol/management/ids.hpp"
#include "protocol/management/requests.hpp"
#include "protocol/management/write.hpp"

namespace twinkeep::actors {

// What the management plane's reads are answered from.
struct management_view {
  const routing_table& table;
  const regions::deployment& topology;
  const protocol::management::request& asked;
  protocol::management::answer_context context;
  // Whether the caller may do the action to the resource whose id it is: of a list he sees what he
  // may read.
  std::function<bool(std::string_view action, std::string_view scope)> may;
};

// A vault in the registries, deleted ones too; `vault` is null if there is none.
struct found_vault {
  std::string region;
  regions::vault_resource_ptr vault;
  bool purging = false;
};
[[nodiscard]] found_vault find_vault(const routing_table& table, std::string_view name);
// What the answer to a read or a change shows: its connections are the configuration's.
[[nodiscard]] protocol::vault_resource shown(const protocol::vault_resource& vault,
                                             const regions::deployment& topology);
[[nodiscard]] protocol::management::provisioning_state state_of(const routing_table& table,
                                                                std::string_view vault);

// Precondition: the operation is a read, of what is no secret and no key.
[[nodiscard]] answer read_management(const management_view& view);

[[nodiscard]] answer management_answer(unsigned status, crypto::wiping_chars body);
[[nodiscard]] answer management_refusal(const protocol::management::error& e);

}  // namespace twinkeep::actors
