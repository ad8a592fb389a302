#include "actors/runtime/wall_clock.hpp"

#include <chrono>

namespace twinkeep::actors {

namespace {
class system_clock_port : public wall_clock {
 public:
  std::int64_t now_ms() const override {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
  }
};
}  // namespace

const wall_clock& system_wall_clock() {
  static const system_clock_port clock;
  return clock;
}

}  // namespace twinkeep::actors
