#pragma once

#include <deque>

#include "protocol/management/requests.hpp"
#include "regions/failover/dispatch.hpp"
#include "tests/simulation/history.hpp"
#include "tests/simulation/world.hpp"

namespace twinkeep::simulation {

// How one request ended, from where its client stands.
struct outcome {
  enum class kind { answered, refused, given_up };  // refused: before it was sent to a vault
  kind how = kind::given_up;
  std::optional<protocol::error> error;  // answered with an error, or refused
  actors::vault_reply_ptr reply;
  bool by_copy = false;
  [[nodiscard]] bool ok() const { return how == kind::answered && !error; }
};

// One request on its way through what the gateway does with it: admission, dispatch, deadline.
class ask {
 public:
  using done = std::function<void(const outcome&)>;
  ask(world& w, std::string vault, protocol::request request, done on_done);
  // Of the home region's registry.
  ask(world& w, regions::registry_request request, done on_done);
  // Every few milliseconds.
  void tick();
  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] unsigned answers() const { return answers_; }
  [[nodiscard]] instant began() const { return began_; }

 private:
  void begin(const protocol::operation& op);
  void advance();
  void send(const actors::vault_actor& to, bool is_copy);
  void finish(outcome o);

  world& world_;
  std::string vault_;
  actors::vault_request_ptr request_;
  done on_done_;
  std::optional<regions::dispatch_plan> plan_;
  std::shared_ptr<ask*> alive_;
  instant began_;
  bool finished_ = false;
  unsigned answers_ = 0;
};

// One request from beginning to end; what `ask` takes but for its last argument.
template <class... Arguments>
outcome call(world& w, Arguments... arguments) {
  using namespace std::chrono_literals;
  outcome result;
  ask one{w, std::move(arguments)..., [&result](const outcome& o) { result = o; }};
  while (!one.finished()) {
    w.run_for(10ms);
    one.tick();
  }
  return result;
}

// Of a vault of eastus2.
[[nodiscard]] regions::registry_request change(protocol::management::operation_id id,
                                               const std::string& vault,
                                               protocol::management::request_body body = {});
[[nodiscard]] bool acknowledged(const outcome& of_a_change);
// What is needed to make one; `number` is its tag.
[[nodiscard]] protocol::management::vault_input vault_body(const world& w, unsigned number);
[[nodiscard]] bool is_served(world& w, const std::string& vault);

// Clients at work on one vault, and what they are promised. The first broken promise is kept.
class workload {
 public:
  workload(world& w, std::string vault, unsigned secrets);
  ~workload();

  // Runs for so long; every request under way at its end has been answered.
  void run_for(duration d);
  void pause() { paused_ = true; }
  void resume() { paused_ = false; }
  // Reads everything from the primary, which must be back, and from the copy, which must be level.
  void check_everything();

  // While set, a read that fails breaks a promise (DESIGN invariant 4).
  bool reads_must_succeed = false;
  // While set, a write that fails does (losing one zone refuses nothing).
  bool writes_must_succeed = false;

  [[nodiscard]] const std::string& broken() const { return broken_; }
  [[nodiscard]] std::uint64_t writes_acknowledged() const { return acknowledged_; }
  [[nodiscard]] std::uint64_t reads_answered() const { return reads_; }
  [[nodiscard]] std::uint64_t reads_by_copy() const { return reads_by_copy_; }

 private:
  struct secret_client;
  void start_some();
  void write(secret_history& secret);
  void read(secret_history& secret);
  void use_key();
  void change_key();
  void run(protocol::request request, ask::done on_done);
  void breach(std::string what);
  [[nodiscard]] bool moved_away() const;

  world& world_;
  std::string vault_;
  std::vector<secret_history> secrets_;
  std::vector<bool> writing_;
  std::deque<std::unique_ptr<ask>> open_;
  bool paused_ = false;
  std::string broken_;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t reads_ = 0;
  std::uint64_t reads_by_copy_ = 0;
  // A key that one client enables and disables.
  bool key_made_ = false;
  bool key_busy_ = false;
  bool key_surely_disabled_ = false;
  std::uint64_t key_changes_ = 0;
  std::optional<instant> away_since_;
};

}  // namespace twinkeep::simulation
