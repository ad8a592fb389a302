#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "actors/audit/audit_sink.hpp"
#include "actors/environment.hpp"
#include "actors/gateway/answer.hpp"
#include "actors/gateway/authenticator.hpp"
#include "actors/gateway/request_head.hpp"
#include "protocol/audit_line.hpp"
#include "protocol/http/target.hpp"
#include "regions/failover/route.hpp"
#include "regions/registry/registry_state.hpp"

namespace twinkeep::actors {

// What the front desk finds out about a request, for its line in the audit log: made anew for each,
// in memory that stays. Views are of what lives as long as the service.
struct audit_notes {
  void begin();
  void found(const protocol::http::route& route);
  // A token that was believed, and the vault that is meant. Mostly they are those of the request
  // before: what is held already is not taken again, because loops share it.
  void called_by(const claims_ptr& who) {
    has_caller_ = true;
    if (caller_ != who) caller_ = who;
  }
  void meant(const regions::vault_resource_ptr& which) {
    has_vault_ = which != nullptr;
    if (vault_ != which) vault_ = which;
  }
  [[nodiscard]] const protocol::token::claims* caller() const {
    return has_caller_ ? caller_.get() : nullptr;
  }
  [[nodiscard]] const protocol::vault_resource* vault() const {
    return has_vault_ ? vault_.get() : nullptr;
  }

  bool left_out = false;       // a probe, or a page that is the same for all
  std::string_view operation;  // of what is not in the operation table
  std::optional<regions::vault_mode> mode;
  std::string_view api_version;
  std::string_view collection;  // "secrets"
  std::string name, version;

 private:
  claims_ptr caller_;
  regions::vault_resource_ptr vault_;
  bool has_caller_ = false;
  bool has_vault_ = false;
};

// What a line is made from, besides the notes.
struct audited_exchange {
  const request_head& head;
  const answer& given;
  std::string_view vault;         // empty: none is meant
  std::string_view origin;        // of the vault's ids
  std::string_view network_info;  // answer.hpp
  std::string_view request_id;
  std::chrono::steady_clock::duration took;
};

// Writes the lines of one loop's requests. On its thread alone.
class audit_clerk {
 public:
  explicit audit_clerk(const environment& env)
      : sink_(env.audit), clock_(env.real_clock), writer_(env.topology.subscription) {}

  // False: the request is to be refused unseen, and `record` is not to be called.
  [[nodiscard]] bool begin() { return sink_ == nullptr || sink_->begin(); }
  void record(const audited_exchange& x, const audit_notes& notes);

 private:
  audit_sink* sink_;  // null: there is no audit log
  const wall_clock& clock_;
  protocol::audit_line_writer writer_;
};

[[nodiscard]] answer unaudited_refusal();

}  // namespace twinkeep::actors
