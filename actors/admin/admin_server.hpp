#pragma once

#include <functional>
#include <memory>
#include <string>

#include "actors/admin/drills.hpp"
#include "actors/admin/metrics.hpp"
#include "actors/environment.hpp"
#include "actors/runtime/asio_scheduler.hpp"

namespace twinkeep::actors {

struct admin_setup {
  event_loops& loops;
  caf::actor_system& system;
  environment& env;
  drills& exercises;
  metrics& numbers;
  std::string authority_pem;    // GET /v1/ca.pem
  std::string issuing_pem;      // GET /v1/issuer-ca.pem
  std::function<bool()> ready;  // GET /readyz
};

// The operators' listener: plain HTTP, loopback unless configured. Status, drills, events, metrics.
class admin_server {
 public:
  explicit admin_server(admin_setup setup);
  ~admin_server();
  [[nodiscard]] result<regions::endpoint, std::string> listen(const regions::endpoint& e);
  void stop();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace twinkeep::actors
