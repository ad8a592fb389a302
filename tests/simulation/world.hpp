#pragma once

#include <functional>
#include <memory>
#include <string>

#include "actors/environment.hpp"
#include "actors/fault_injector.hpp"
#include "actors/supervisor.hpp"
#include "tests/simulation/seeded_scheduler.hpp"

namespace twinkeep::simulation {

// The whole topology on one thread under a virtual clock: the same actors as in the service, on
// disks in memory. Everything that happens follows from the seed.
class world {
 public:
  explicit world(std::uint64_t seed, const std::string& configuration = {});
  ~world();

  void run_for(duration d);
  // True as soon as the condition holds; false if it does not within `limit`.
  bool run_until(const std::function<bool()>& condition, duration limit);
  // Every process dies at once, and starts again on the same disks.
  void restart();
  // Who hears of notices from now on.
  void listen(actors::notice_courier& courier);

  [[nodiscard]] instant now() const { return clock_.now(); }
  [[nodiscard]] caf::actor_system& system() { return *system_; }
  [[nodiscard]] actors::environment& env() { return *env_; }
  [[nodiscard]] actors::fault_injector& faults() { return *injector_; }
  [[nodiscard]] seeded_random& random() { return random_; }
  [[nodiscard]] const regions::deployment& topology() const { return topology_; }

  // What the operator sees; null until the supervisor has answered once.
  [[nodiscard]] actors::status_reply_ptr status();
  [[nodiscard]] const actors::route_entry& route(const std::string& vault);
  // Every zone in sync, every region up, every vault at home, every copy level.
  [[nodiscard]] bool healthy();
  [[nodiscard]] std::size_t count_events(actors::event_kind kind) const;
  [[nodiscard]] const std::string& fatal() const { return fatal_; }

 private:
  void start();
  void stop();
  bool step(instant limit);

  seeded_random random_;
  virtual_clock clock_;
  virtual_wall_clock wall_;
  seeded_executor executor_;
  regions::deployment topology_;
  regions::faulty_medium medium_;
  crypto::keyring keys_;
  std::unique_ptr<crypto::key_provider> provider_;
  actors::event_log events_;
  std::string fatal_;
  actors::notice_courier* courier_ = nullptr;
  // Of one run of the service:
  std::unique_ptr<actors::advanced_clock> civil_;
  std::unique_ptr<actors::freezer> ice_;
  std::unique_ptr<actors::routing_board> routes_;
  std::unique_ptr<actors::fault_board> fault_board_;
  std::unique_ptr<actors::directory> directory_;
  std::vector<actors::key_cache> worker_keys_;
  std::unique_ptr<actors::environment> env_;
  std::unique_ptr<caf::actor_system_config> config_;
  std::unique_ptr<caf::actor_system> system_;
  std::unique_ptr<actors::fault_injector> injector_;
  seeded_scheduler* scheduler_ = nullptr;
  caf::actor guardian_;
};

}  // namespace twinkeep::simulation
