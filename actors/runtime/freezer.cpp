#include "actors/runtime/freezer.hpp"

#include <algorithm>

namespace twinkeep::actors {

void freezer::enroll(const caf::actor& who, std::vector<std::string> groups) {
  const auto id = who.id();
  {
    std::lock_guard lock(mutex_);
    groups_[id] = std::move(groups);
  }
  caf::actor_cast<caf::abstract_actor*>(who)->attach_functor([this, id] { forget(id); });
}

void freezer::forget(caf::actor_id id) {
  std::lock_guard lock(mutex_);
  groups_.erase(id);
}

void freezer::freeze(const std::string& group) {
  std::lock_guard lock(mutex_);
  frozen_.insert(group);
  frozen_groups_ = static_cast<unsigned>(frozen_.size());
}

void freezer::thaw(const std::string& group, caf::scheduler::abstract_coordinator& scheduler) {
  std::vector<caf::resumable*> released;
  {
    std::lock_guard lock(mutex_);
    frozen_.erase(group);
    frozen_groups_ = static_cast<unsigned>(frozen_.size());
    const auto still_frozen = [this](const auto& parked) {
      const auto it = groups_.find(parked.first);
      return it != groups_.end() && std::ranges::any_of(it->second, [this](const auto& name) {
               return frozen_.contains(name);
             });
    };
    const auto rest = std::stable_partition(parked_.begin(), parked_.end(), still_frozen);
    for (auto it = rest; it != parked_.end(); ++it) released.push_back(it->second);
    parked_.erase(rest, parked_.end());
  }
  for (auto* job : released) scheduler.enqueue(job);
}

bool freezer::park(caf::resumable* job) {
  if (frozen_groups_.load(std::memory_order_acquire) == 0) return false;
  if (job->subtype() != caf::resumable::scheduled_actor) return false;
  const auto id = static_cast<caf::scheduled_actor*>(job)->id();
  std::lock_guard lock(mutex_);
  const auto it = groups_.find(id);
  if (it == groups_.end() || std::ranges::none_of(it->second, [this](const auto& name) {
        return frozen_.contains(name);
      })) {
    return false;
  }
  parked_.emplace_back(id, job);
  return true;
}

void freezer::release_all() {
  std::vector<std::pair<caf::actor_id, caf::resumable*>> parked;
  {
    std::lock_guard lock(mutex_);
    parked.swap(parked_);
  }
  for (auto& [id, job] : parked) caf::intrusive_ptr_release(job);
}

}  // namespace twinkeep::actors
