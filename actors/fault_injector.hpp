#pragma once

#include <map>
#include <mutex>

#include "actors/environment.hpp"

namespace twinkeep::actors {

// Makes a fault happen in the running topology, and undoes it. Drills and the simulation both come
// through here. Two drills may hold the same thing down; it comes back when the last one ends.
// Thread-safe.
class fault_injector {
 public:
  fault_injector(caf::actor_system& system, environment& env) : system_(system), env_(env) {}
  void begin(const regions::fault& f);
  void end(const regions::fault& f);  // nothing for a momentary one
  void end_all();

 private:
  void apply(const regions::fault& f, bool active);
  void tell(const regions::fault& f, bool active);
  void advance_clock(const regions::fault& f);

  caf::actor_system& system_;
  environment& env_;
  std::mutex mutex_;
  std::map<regions::fault, unsigned> held_;
};

}  // namespace twinkeep::actors
