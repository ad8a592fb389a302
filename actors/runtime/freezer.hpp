#pragma once

#include <atomic>
#include <caf/all.hpp>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace twinkeep::actors {

// Holds actors still, as a stalled machine would: their mailboxes fill, nothing answers, and after
// thawing they go on as if no time had passed. Schedulers ask it before they run an actor; it costs
// one atomic load while nothing is frozen. Thread-safe.
class freezer {
 public:
  // An actor stands in groups such as "eastus2" and "eastus2/1"; one frozen group freezes it.
  // It leaves them by itself when it ends.
  void enroll(const caf::actor& who, std::vector<std::string> groups);
  void freeze(const std::string& group);
  // The jobs that were parked meanwhile are given back to `scheduler`.
  void thaw(const std::string& group, caf::scheduler::abstract_coordinator& scheduler);

  // For schedulers: true if the job was taken over and must not run now.
  [[nodiscard]] bool park(caf::resumable* job);
  // At shutdown: drops the parked jobs.
  void release_all();

 private:
  void forget(caf::actor_id id);

  std::atomic<unsigned> frozen_groups_{0};
  std::mutex mutex_;
  std::map<caf::actor_id, std::vector<std::string>> groups_;
  std::set<std::string> frozen_;
  std::vector<std::pair<caf::actor_id, caf::resumable*>> parked_;
};

}  // namespace twinkeep::actors
