#pragma once

#include <bitset>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/errors.hpp"
#include "protocol/identifiers.hpp"
#include "protocol/operations.hpp"
#include "protocol/token/token.hpp"
#include "protocol/vault.hpp"
#include "regions/access/network_rules.hpp"
#include "regions/vault/admission.hpp"

namespace twinkeep::regions {

// What lets a request in. Lives as long as the rules that gave it.
struct grant {
  std::string assignment = {};  // of the role, 32 hex digits; empty: an owner's, or a policy's
  // For every object of the vault: need not be asked again for another one.
  bool whole_vault = true;
};

// Who may do what on one vault, and from where. Immutable, and made ready: what the operation table
// says each right is good for has been looked up, so asking compares ids and tests a bit.
class access_rules {
 public:
  // What is the same for all vaults.
  struct setting {
    std::string_view subscription;
    std::span<const std::string> trusted_services = {};  // object ids
  };
  access_rules(const protocol::vault_resource& vault,
               std::span<const protocol::role_assignment> in_scope, std::vector<std::string> owners,
               const setting& where);

  // Null: nothing lets the caller. `object` is the name in the request's path; empty: none.
  [[nodiscard]] const grant* find(const protocol::operation& op, std::string_view object,
                                  const protocol::token::claims& caller) const;
  [[nodiscard]] const network_filter& network() const { return network_; }
  [[nodiscard]] bool by_roles() const { return by_roles_; }
  // Of the object, or of the vault if the operation has none.
  [[nodiscard]] std::string resource_of(const protocol::operation& op,
                                        std::string_view object) const;

 private:
  using operation_set = std::bitset<protocol::operation_count>;
  // One policy or one assignment of a principal.
  struct right {
    operation_set operations;
    std::string application = {};  // only for users who come through it; empty: all
    std::optional<protocol::object_kind> kind = {};  // none: every object
    std::string object = {};
    grant gives = {};

    [[nodiscard]] bool suits(const protocol::operation& op, std::string_view object,
                             const protocol::token::claims& caller) const;
  };

  void take(const protocol::access_policy& policy);
  void take(const protocol::role_assignment& assignment);

  std::string tenant_;
  std::string vault_id_;
  std::vector<std::string> owners_;
  grant of_owners_;
  bool by_roles_ = false;
  std::map<std::string, std::vector<right>, protocol::id_less> principals_;
  network_filter network_;
};
using access_rules_ptr = std::shared_ptr<const access_rules>;

// `in_scope` may hold more than what concerns the vault: what does not is left out. `owners`
// (object or application ids) have every right, from wherever the network lets them in. A caller of
// another tenant than the vault's has none but an owner's.
[[nodiscard]] access_rules_ptr make_access_rules(
    const protocol::vault_resource& vault, std::span<const protocol::role_assignment> in_scope,
    std::vector<std::string> owners, const access_rules::setting& where);

// The one place that decides about rights: the grant, or ForbiddenByPolicy, or ForbiddenByRbac.
[[nodiscard]] protocol::outcome<const grant*> permit(const protocol::operation& op,
                                                     std::string_view object,
                                                     const protocol::token::claims& caller,
                                                     const access_rules& rules,
                                                     const admission_facts& facts);

}  // namespace twinkeep::regions
