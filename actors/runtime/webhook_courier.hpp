#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "actors/notice_courier.hpp"
#include "actors/runtime/asio_scheduler.hpp"
#include "regions/topology.hpp"

namespace twinkeep::actors {

// POSTs notices as Event Grid events to the configured webhook, each with a deadline, on the event
// loops. A vault posts one at a time, so there are never more of them than vaults. What is sent as
// Authorization appears in no log and no error. Thread-safe.
class webhook_courier : public notice_courier {
 public:
  // Called on a loop with what became of each try.
  using counter = std::function<void(bool taken)>;

  // Reads the files that the configuration names; an error is for a person. The deployment, which
  // must have a webhook, and the loops must outlive it.
  [[nodiscard]] static result<std::unique_ptr<webhook_courier>, std::string> make(
      const regions::deployment& topology, event_loops& loops, counter count);
  ~webhook_courier() override;

  // Begins to send; `port` is where vaults answer, for the ids in the events. What was posted
  // before is sent then.
  void open(std::uint16_t port);
  void post(const regions::notice& n, const regions::vault_identity& vault, done on_done) override;
  // Cuts off what is under way; nothing is sent from now on, and no `on_done` is kept. While the
  // loops run, not from one of their threads.
  void stop();

 private:
  struct state;
  explicit webhook_courier(std::shared_ptr<state> made);
  std::shared_ptr<state> state_;
};

}  // namespace twinkeep::actors
