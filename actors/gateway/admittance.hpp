#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "actors/gateway/authenticator.hpp"
#include "protocol/http/target.hpp"
#include "regions/access/access_rules.hpp"

namespace twinkeep::actors {

// What a connection's caller was found to be let do: a caller asks for the same again. It is
// remembered while caller, rules and address stay the same; refusals are not.
class admittance {
 public:
  // A request begins.
  void begin(const claims_ptr& caller, const regions::access_rules_ptr& rules) {
    if (caller_ != caller || rules_ != rules) meet(caller, rules);
  }
  // The address is another one.
  void forget() { meet({}, {}); }

  // nullopt: let in. The first comes before the second (CONTRACT 10).
  [[nodiscard]] std::optional<protocol::error> refuse_for_network(
      const regions::arrival& from, const regions::admission_facts& facts);
  [[nodiscard]] std::optional<protocol::error> refuse_for_rights(
      const protocol::http::route& route, const regions::admission_facts& facts);

  // Of the role that let the request in, 32 hex digits; empty: none did.
  [[nodiscard]] std::string_view assignment() const {
    return by_ == nullptr ? std::string_view{} : by_->assignment;
  }
  // Before a request of which nothing is known yet.
  void clear_assignment() { by_ = nullptr; }

 private:
  void meet(claims_ptr caller, regions::access_rules_ptr rules);

  claims_ptr caller_;
  regions::access_rules_ptr rules_;
  bool let_in_ = false;
  // What the rules gave for all objects of the vault, one an operation.
  std::array<const regions::grant*, protocol::operation_count> granted_{};
  const regions::grant* by_ = nullptr;
};

}  // namespace twinkeep::actors
