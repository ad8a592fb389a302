#include "actors/fault_board.hpp"

#include <algorithm>

namespace twinkeep::actors {

using regions::fault;
using regions::fault_kind;

void fault_board::add(const fault& f) {
  std::lock_guard lock(mutex_);
  active_.insert(f);
}

void fault_board::remove(const fault& f) {
  std::lock_guard lock(mutex_);
  if (const auto it = active_.find(f); it != active_.end()) active_.erase(it);
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

bool fault_board::link_cut(std::string_view from, std::string_view to) const {
  return any([&](const fault& f) {
    return f.kind == fault_kind::link_cut && f.from == from && f.to == to;
  });
}

}  // namespace twinkeep::actors
