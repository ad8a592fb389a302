#include "actors/runtime/wall_clock.hpp"

#include <algorithm>

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

std::int64_t advanced_clock::now_ms() const {
  return base_.now_ms() + offset_ms_.load(std::memory_order_relaxed);
}

void advanced_clock::advance(std::chrono::seconds by) {
  constexpr std::int64_t most = std::chrono::milliseconds{furthest}.count();
  const auto more = std::chrono::milliseconds{std::min(by, furthest)}.count();
  auto offset = offset_ms_.load(std::memory_order_relaxed);
  while (!offset_ms_.compare_exchange_weak(offset, std::min(offset + more, most))) {
  }
}

const wall_clock& system_wall_clock() {
  static const system_clock_port clock;
  return clock;
}

}  // namespace twinkeep::actors
