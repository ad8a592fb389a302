#pragma once

#include <array>
#include <atomic>
#include <bitset>
#include <memory>
#include <string>

#include "actors/gateway/admittance.hpp"
#include "actors/gateway/answer.hpp"
#include "actors/gateway/asker.hpp"
#include "actors/gateway/audit_clerk.hpp"
#include "actors/gateway/authenticator.hpp"
#include "actors/gateway/client_address.hpp"
#include "actors/gateway/door.hpp"
#include "actors/gateway/gateway.hpp"
#include "actors/gateway/intake.hpp"
#include "actors/gateway/issuer.hpp"
#include "actors/gateway/management_desk.hpp"
#include "actors/gateway/request_head.hpp"
#include "actors/gateway/sign_in.hpp"

namespace twinkeep::actors {

// What all connections share; unchanging but for the count.
struct gateway_core {
  explicit gateway_core(gateway_setup given);

  gateway_setup setup;
  host_map hosts;
  audiences accepted;
  audiences accepted_by_management;
  failure_guard failures;
  shared_token_cache known_tokens;
  shared_token_cache known_to_management;  // apart: a token is for one plane or the other
  issuer_desk issuer;
  sign_in signing_in;
  authentication callers;
  authentication managers;  // callers of the management plane
  std::atomic<unsigned> connections{0};
  std::atomic<std::uint16_t> data_port{0};  // where vaults are, once that is bound
  name_reservations names;

  static constexpr unsigned max_connections = 4096;
};

// What one connection knows of its client from the requests before.
struct visitor {
  door by;
  client_address client;
  std::string host_line;  // the Host line that the rest was found for
  bool well_formed = false;
  std::string origin;
  std::uint16_t port = 0;  // of the Host line
  std::optional<actors::place> place;
  authenticator::memory token;
  authenticator::memory management_token;
  admittance rights;
  audit_notes notes;  // of the request that is being answered
};

// Answers the requests that arrive on one loop. On its thread alone.
class front_desk {
 public:
  front_desk(std::shared_ptr<gateway_core> core, event_loop& loop);

  [[nodiscard]] task<answer> serve(const request_head& head, body_source& body, visitor& who);

  // Whether connections are taken there now.
  [[nodiscard]] bool is_open(const door& d);

  [[nodiscard]] gateway_core& core() { return *core_; }
  [[nodiscard]] event_loop& loop() { return loop_; }
  [[nodiscard]] asker& questions() { return *asker_; }

  using guid = std::array<char, 36>;
  [[nodiscard]] guid fresh_id();          // for x-ms-request-id
  [[nodiscard]] std::string_view date();  // now, for the Date line

 private:
  struct admitted;
  void look_at_host(std::string_view line, visitor& who);
  [[nodiscard]] answer challenged(const protocol::error& e, const visitor& who,
                                  const route_entry& entry) const;
  // Everything that is decided before the body is read.
  [[nodiscard]] std::optional<answer> admit(const request_head& head, visitor& who, admitted& out);
  [[nodiscard]] task<answer> carry_out(admitted& a, body_source& body, const visitor& who);
  // Until the issuer's keys were fetched.
  [[nodiscard]] task<void> wait_for_keys(std::size_t issuer);
  [[nodiscard]] answer conclude(const admitted& a, const protocol::request& request,
                                const ask_outcome& outcome, const visitor& who);

  std::shared_ptr<gateway_core> core_;
  event_loop& loop_;
  std::shared_ptr<asker> asker_;
  authenticator authenticator_;
  management_desk management_;
  routing_view routes_;
  bytes random_;
  std::size_t random_used_ = 0;
  std::int64_t date_second_ = -1;
  std::string date_;
};

}  // namespace twinkeep::actors
