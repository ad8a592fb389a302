#pragma once

#include <string>
#include <variant>
#include <vector>

#include "protocol/management/requests.hpp"
#include "regions/registry/registry_state.hpp"
#include "regions/vault/records.hpp"

// What becomes of a change of a region's vaults: plain functions on plain data. Reads are answered
// from what the registry has published and do not come here.
namespace twinkeep::regions {

// A deleted vault's retention is over.
struct purge_due {
  std::string vault;
};
// The content of a purged vault is gone, and so is the vault.
struct finish_purge {
  std::string vault;
};
struct registry_request {
  std::variant<protocol::management::request_ptr, purge_due, finish_purge> asked;
  protocol::trace caller;
};

struct registry_context {
  protocol::unix_seconds now = 0;
  std::string_view request_id;
  const deployment& topology;
  std::string_view region;
};

// What was done. Of `vault`, the state after it; null after a purge, or where there was none.
struct registry_answer {
  vault_resource_ptr vault = nullptr;
  role_assignment_ptr assignment = nullptr;
  bool created = false;
  bool absent = false;  // there was nothing to delete
};
using registry_verdict = std::variant<protocol::management::error, registry_answer>;
struct registry_decision {
  registry_verdict verdict;
  std::vector<plain_record> records;  // empty: nothing changes
};

[[nodiscard]] registry_decision decide(const registry_state& registry,
                                       const registry_request& request,
                                       const registry_context& context);

// Deleted vaults whose retention is over, as requests to purge them.
[[nodiscard]] std::vector<registry_request> due_purges(const registry_state& registry,
                                                       protocol::unix_seconds now);

}  // namespace twinkeep::regions
