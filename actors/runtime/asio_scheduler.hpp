#pragma once

#include <boost/asio/io_context.hpp>
#include <caf/all.hpp>
#include <memory>
#include <vector>

#include "actors/runtime/freezer.hpp"

namespace twinkeep::actors {

// One thread's event loop: Asio's, with actors as handlers. An actor that a coroutine of this loop
// asks runs on the same thread and answers without a context switch.
class event_loop {
 public:
  event_loop();
  ~event_loop();
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  // The actor system that runs on the loop, once it was started.
  [[nodiscard]] caf::actor_system& system();
  // Sends a message from this loop's thread. A receiver that was idle takes its turn at once, in
  // this call, and after it whom it passes the work on to: posted instead, they would wait behind
  // the loop's other work, and what other loops ask them meanwhile would have to cross threads.
  void tell(caf::abstract_actor& receiver, caf::mailbox_element_ptr what);

 private:
  friend class asio_scheduler;  // the CAF module in asio_scheduler.cpp
  class loop_unit;
  boost::asio::io_context context_{1};
  std::unique_ptr<loop_unit> unit_;
};

// The event loops and the thread that runs each; made before the actor system, which gets the
// scheduler on top of them, and stopped after it.
class event_loops {
 public:
  explicit event_loops(unsigned count);
  [[nodiscard]] unsigned size() const { return static_cast<unsigned>(loops_.size()); }
  [[nodiscard]] event_loop& at(unsigned i) { return *loops_.at(i); }

 private:
  std::vector<std::unique_ptr<event_loop>> loops_;
};

// Makes CAF run its actors on `loops` (module slot "scheduler"). Both must outlive the system.
void use_asio_scheduler(caf::actor_system_config& config, event_loops& loops, freezer& ice);

}  // namespace twinkeep::actors
