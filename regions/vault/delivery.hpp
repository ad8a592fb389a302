#pragma once

#include <optional>
#include <string>

#include "regions/failover/timings.hpp"
#include "regions/vault/vault_state.hpp"

namespace twinkeep::regions {

// In what order and at what pauses a vault's notices are told: one at a time, the oldest first;
// what was not taken again after 1, 2, 4, ... seconds. A notice that was taken stays under way
// until it is forgotten, so that it is told again only if the vault was lost meanwhile.
class delivery {
 public:
  static constexpr duration longest_pause = std::chrono::seconds{300};

  struct step {
    const notice* told = nullptr;
    bool taken = false;  // it only remains to be forgotten
  };
  // What is to be done now, and is under way from here; nothing: none waits, or not yet.
  [[nodiscard]] std::optional<step> next(const vault_state& vault, instant now);
  // The notice under way was taken.
  void taken(std::string id);
  // It was forgotten, and is no longer under way.
  void forgotten();
  // It could not be told, or not be forgotten; how long the next step is put off.
  [[nodiscard]] duration failed(instant now);

 private:
  bool under_way_ = false;
  std::string taken_;  // the last one that was
  unsigned failures_ = 0;
  instant not_before_;
};

}  // namespace twinkeep::regions
