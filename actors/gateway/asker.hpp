#pragma once

#include <boost/asio/steady_timer.hpp>
#include <caf/all.hpp>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "actors/gateway/coroutine.hpp"
#include "actors/routing.hpp"
#include "actors/runtime/asio_scheduler.hpp"
#include "regions/failover/dispatch.hpp"

namespace twinkeep::actors {

// What became of a request to a vault.
struct ask_outcome {
  vault_reply_ptr reply;  // null: nobody answered, or `shed`
  std::string region;     // of who answered
  bool repeated = false;  // it was asked more than once
  bool shed = false;      // the vault has too much to do already
};

struct ask_limits {
  regions::duration hedge_after;
  regions::duration deadline;
};

// The bridge from a coroutine to actors: asks whom dispatch_plan says, takes the first answer, and
// completes the coroutine once. One for each loop, used on its thread alone; answers that come on
// another thread are brought over.
class asker : public std::enable_shared_from_this<asker> {
 public:
  // After the scheduler was started.
  [[nodiscard]] static std::shared_ptr<asker> make(event_loop& loop, const routing_board& routes,
                                                   const ask_limits& limits);
  // Precondition: the table has the vault (lower case), and its mode lets the operation in. The
  // arguments must live until it is done.
  [[nodiscard]] task<ask_outcome> ask(protocol::effect effect, const std::string& vault,
                                      const vault_request_ptr& request);
  // Whoever still waits gets no answer; nothing is asked from now on.
  void stop();

 private:
  friend class answer_box;
  struct waiting;
  // One question to one actor. Its number in messages is its index and generation, so that an
  // answer that comes late finds nobody.
  struct question {
    waiting* who = nullptr;
    std::uint64_t actor = 0;
    std::uint32_t generation = 1;
    std::string region;
  };

  asker(event_loop& loop, const routing_board& routes, const ask_limits& limits);
  [[nodiscard]] vault_gauge& keep(const std::shared_ptr<vault_gauge>& gauge);
  void start(waiting& w);
  void step(waiting& w);
  void put(waiting& w, const vault_actor& target, const std::string& region);
  void finish(waiting& w, ask_outcome outcome);
  void arrived(std::uint64_t id, vault_reply_ptr reply);  // null: the actor ended
  void bounced(question& q);
  void release(std::uint32_t index);
  void arm();
  void look_again();

  event_loop& loop_;
  routing_view routes_;
  ask_limits limits_;
  std::unordered_set<std::shared_ptr<vault_gauge>> gauges_;
  const vault_gauge* last_gauge_ = nullptr;
  caf::strong_actor_ptr box_;
  boost::asio::basic_waitable_timer<
      std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, loop_executor>
      timer_;
  bool armed_ = false;
  bool deferring_ = false;  // completions are posted: somebody is walking over the waiting
  bool stopped_ = false;
  waiting* first_ = nullptr;
  std::vector<question> questions_;
  std::vector<std::uint32_t> free_;
};

}  // namespace twinkeep::actors
