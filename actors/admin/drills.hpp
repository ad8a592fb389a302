#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actors/fault_injector.hpp"
#include "actors/runtime/asio_scheduler.hpp"

namespace twinkeep::actors {

struct drill {
  std::string id;
  regions::fault fault;
  bool active = true;
  std::int64_t started_ms = 0;
  std::int64_t ends_ms = 0;  // 0: until it is ended
};

// The faults that operators have started. Each is an entry in the event log. Thread-safe.
class drills {
 public:
  drills(fault_injector& injector, environment& env, event_loops& loops);
  ~drills();
  // `for_seconds`: ends by itself.
  [[nodiscard]] std::string start(const regions::fault& f, std::optional<double> for_seconds);
  // False: no such drill. Ending one that has ended is no error.
  bool end(const std::string& id);
  [[nodiscard]] std::vector<drill> list() const;
  void end_all();

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace twinkeep::actors
