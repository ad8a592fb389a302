#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/operations.hpp"
#include "regions/failover/route.hpp"
#include "regions/failover/timings.hpp"

namespace twinkeep::regions {

// What the routing table says now of the vault that a request is for. Actors are known by their
// ids; 0: none for the moment.
struct dispatch_view {
  vault_mode mode = vault_mode::unavailable;
  std::string_view serving_region;
  bool hedge = false;
  std::uint64_t serving = 0;
  std::uint64_t secondary = 0;  // the copy in the paired region
};

enum class dispatch_step {
  wait,           // for an answer, or for the next look at the table
  ask_serving,    // (again)
  ask_secondary,  // as well; the first answer counts
  give_up,        // 503: its outcome may be unknown, or nobody could be asked by the deadline
};

// What becomes of one request from its first ask to its answer, whatever is lost meanwhile. Reads
// and cryptographic operations are asked again of whoever serves now; a mutation only of the same
// region, where its request id makes a repetition harmless, and never of another one: a write that
// may have happened must not happen twice. Pure: the caller asks, and keeps the time.
class dispatch_plan {
 public:
  // Precondition: the operation table lets the operation in (admission.hpp).
  dispatch_plan(protocol::effect effect, const dispatch_view& view, instant now,
                duration hedge_after, duration deadline);

  // Call at once, then at every tick and whenever an asked actor ended without an answer
  // (`bounced`, its id), until an answer comes or it says give_up. After ask_* it counts the actor
  // of the view as asked.
  [[nodiscard]] dispatch_step next(const dispatch_view& view, instant now);
  // It is asked again only after `bounce_pause`: it may be gone, or live on and have delegated the
  // request to somebody who is.
  void bounced(std::uint64_t actor, instant now);
  static constexpr duration bounce_pause = std::chrono::milliseconds{5};

 private:
  [[nodiscard]] bool waits_for(std::uint64_t actor) const;
  [[nodiscard]] bool has_just_bounced(std::uint64_t actor, instant now) const;
  [[nodiscard]] dispatch_step ask(std::uint64_t actor, dispatch_step step);

  bool mutates_;
  std::string first_region_;
  instant started_;
  duration hedge_after_;
  duration deadline_;
  std::vector<std::uint64_t> open_;  // asked, and neither answered nor bounced
  struct bounce {
    std::uint64_t actor;
    instant at;
  };
  std::vector<bounce> bounces_;  // the last one of each
};

}  // namespace twinkeep::regions
