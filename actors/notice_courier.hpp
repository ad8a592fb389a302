#pragma once

#include <functional>

#include "regions/vault/vault_state.hpp"

namespace twinkeep::actors {

// PORT: tells the world of what happened in a vault.
class notice_courier {
 public:
  using done = std::function<void(bool taken)>;

  virtual ~notice_courier() = default;
  // Tries once. `on_done` is called exactly once, on any thread, at once or later; it must do no
  // more than send a message. Must not block.
  virtual void post(const regions::notice& n, const regions::vault_identity& vault,
                    done on_done) = 0;
};

}  // namespace twinkeep::actors
