#include "actors/fault_board.hpp"

#include <algorithm>

namespace twinkeep::actors {

using regions::fault;
using regions::fault_kind;

void fault_board::add(const fault& f) {
  std::lock_guard lock(mutex_);
  active_.insert(f);
  if (f.kind == fault_kind::throttled) ++throttled_;
}

void fault_board::remove(const fault& f) {
  std::lock_guard lock(mutex_);
  const auto it = active_.find(f);
  if (it == active_.end()) return;
  active_.erase(it);
  if (f.kind == fault_kind::throttled && --throttled_ == 0) carried_.clear();
}

template <class Predicate>
bool fault_board::any(Predicate matches) const {
  std::lock_guard lock(mutex_);
  return std::ranges::any_of(active_, matches);
}

bool fault_board::region_down(std::string_view region) const {
  return any(
      [&](const fault& f) { return f.kind == fault_kind::region_down && f.region == region; });
}

bool fault_board::zone_down(std::string_view region, unsigned zone) const {
  return any([&](const fault& f) {
    return f.kind == fault_kind::zone_down && f.region == region && f.zone == zone;
  });
}

bool fault_board::hsm_down(std::string_view region, unsigned zone) const {
  return any([&](const fault& f) {
    return f.kind == fault_kind::hsm_down && f.region == region && f.zone == zone;
  });
}

bool fault_board::link_cut(std::string_view from, std::string_view to) const {
  return any([&](const fault& f) {
    return f.kind == fault_kind::link_cut && f.from == from && f.to == to;
  });
}

bool fault_board::is_next_throttled(std::string_view vault) {
  std::lock_guard lock(mutex_);
  std::uint32_t share = 0;
  for (const auto& f : active_) {
    if (f.kind == fault_kind::throttled && f.vault == vault) {
      share = std::max(share, f.share_millionths);
    }
  }
  if (share == 0) return false;
  auto& carried = carried_[std::string{vault}];
  carried += share;
  if (carried < regions::whole_share) return false;
  carried -= regions::whole_share;
  return true;
}

}  // namespace twinkeep::actors
