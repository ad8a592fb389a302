#pragma once

#include <memory>
#include <string>

#include "actors/gateway/key_source.hpp"
#include "actors/runtime/asio_scheduler.hpp"
#include "actors/runtime/work_executor.hpp"
#include "regions/topology.hpp"

namespace twinkeep::actors {

// Keeps the keys of outside issuers as these publish them: behind an OpenID configuration (fetched
// on an event loop, when regions::key_refresh says) or in a file (looked at every few seconds, on
// the executor's disk lane). What was learnt is put on the trust board; what cannot be fetched or
// read leaves there what is there. Thread-safe.
class issuer_keys : public key_source {
 public:
  // The board has the issuers of the configuration last, in its order. Reads the files of
  // authorities that the configuration names; an error is for a person. Everything given must
  // outlive it.
  [[nodiscard]] static result<std::unique_ptr<issuer_keys>, std::string> make(
      const regions::deployment& topology, event_loops& loops, work_executor& work,
      trust_board& board);
  ~issuer_keys() override;

  void start();
  [[nodiscard]] bool may_fetch(std::size_t issuer) const override;
  void fetch(std::size_t issuer, std::function<void()> done) override;
  // Cuts off what is under way and sends everybody home who waits. While the loops run, not from
  // one of their threads.
  void stop();

 private:
  struct state;
  explicit issuer_keys(std::shared_ptr<state> made);
  std::shared_ptr<state> state_;
};

}  // namespace twinkeep::actors
