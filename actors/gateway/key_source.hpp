#pragma once

#include <cstddef>
#include <functional>

#include "actors/snapshot_board.hpp"
#include "protocol/token/trust.hpp"

namespace twinkeep::actors {

// Whose tokens count, in force.
using trust_board = snapshot_board<protocol::token::trust>;
using trust_view = snapshot_view<protocol::token::trust>;

// PORT: who brings the keys of outside issuers. Thread-safe; called on event loops.
class key_source {
 public:
  virtual ~key_source() = default;
  // Whether a fetch of this issuer's keys is under way or may be begun for a token's sake. Cheap:
  // anybody can make it be asked.
  [[nodiscard]] virtual bool may_fetch(std::size_t issuer) const = 0;
  // Fetches, or joins the fetch under way. `done` is called once, on whatever thread, when it has
  // ended, however it did; at once if there is none to wait for.
  virtual void fetch(std::size_t issuer, std::function<void()> done) = 0;
};

}  // namespace twinkeep::actors
