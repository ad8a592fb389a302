#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/environment.hpp"
#include "actors/gateway/key_source.hpp"
#include "actors/runtime/asio_scheduler.hpp"
#include "crypto/x509.hpp"

namespace twinkeep::actors {

// PORT: who counts requests (metrics). Called on the event loops: must not block.
class request_observer {
 public:
  virtual ~request_observer() = default;
  // `op` is null for what no operation is (a token, an unknown path). `status` is HTTP's.
  virtual void finished(const protocol::operation* op, unsigned status,
                        std::chrono::steady_clock::duration took) = 0;
  // A token or a client secret was refused; `limited`: without being looked at, after too many.
  virtual void refused_caller(bool limited) { (void)limited; }
};

// A client of the built-in issuer. Its first one has full rights on every vault; those that the
// configuration names have what they are given.
struct built_in_client {
  std::string client_id;
  std::string object_id;
  crypto::secret_bytes client_secret;
};

struct gateway_setup {
  event_loops& loops;
  environment& env;
  request_observer& observer;
  const crypto::certified_key& server;  // TLS certificate and key
  std::string tenant;
  const built_in_client* client = nullptr;  // null: the built-in issuer is off
  std::span<const built_in_client> further_clients = {};
  crypto::key* issuer_signer = nullptr;  // RSA; used under a lock
  const trust_board& trust;              // the built-in issuer in it, if it is on
  const crypto::data_key& backup_key;
  key_source* keys = nullptr;  // null: no outside issuer's keys are fetched
};

// The service's front: TLS, HTTP, who is calling, which vault, which answer. One coroutine per
// connection, on the loop that accepted it.
class gateway {
 public:
  explicit gateway(gateway_setup setup);
  ~gateway();
  // Binds every endpoint on every loop (SO_REUSEPORT) and accepts from now on. Returns the bound
  // endpoints, ports filled in; an endpoint with port 0 after the first one takes the first one's
  // port if it can, so that 127.0.0.1 and ::1 agree. An error names the endpoint.
  [[nodiscard]] result<std::vector<regions::endpoint>, std::string> listen(
      const std::vector<regions::endpoint>& endpoints);
  // The same for the management plane alone; call it before listen.
  [[nodiscard]] result<std::vector<regions::endpoint>, std::string> listen_for_management(
      const std::vector<regions::endpoint>& endpoints);
  // Binds the private endpoints of the configuration; call it before listen.
  [[nodiscard]] result<void, std::string> listen_privately();
  // Refuses new connections, lets requests under way finish, closes idle connections; returns when
  // none is left or `patience` is over. Not from a loop's thread.
  void drain(std::chrono::milliseconds patience);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace twinkeep::actors
