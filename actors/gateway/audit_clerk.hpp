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

  bool left_out = false;       // a probe, or a page that is the same for all
  std::string_view operation;  // of what is not in the operation table
  std::optional<regions::vault_mode> mode;
  claims_ptr caller;                  // of a token that was believed
  regions::vault_resource_ptr vault;  // if there is one
  std::string_view api_version;
  std::string_view collection;  // "secrets"
  std::string name, version;
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
