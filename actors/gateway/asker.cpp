#include "actors/gateway/asker.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/container/small_vector.hpp>
#include <mutex>
#include <optional>

namespace twinkeep::actors {

namespace asio = boost::asio;

namespace {
constexpr std::chrono::milliseconds look_every{10};
constexpr unsigned index_bits = 24;
constexpr std::uint64_t index_mask = (1u << index_bits) - 1;

std::uint64_t id_of(const vault_actor& actor) {
  return actor ? actor.id() : 0;
}
}  // namespace

// Where answers are delivered, on whatever thread the answering actor runs. Those that come from
// another thread wait together: one wake-up of the loop fetches them all.
class answer_box : public caf::monitorable_actor {
 public:
  answer_box(caf::actor_config& config, event_loop& loop, std::weak_ptr<asker> owner)
      : monitorable_actor(config), loop_(loop), tray_(std::make_shared<tray>()) {
    tray_->owner = std::move(owner);
  }
  using caf::abstract_actor::enqueue;

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    if (!what->mid.is_response()) return;
    const auto id = what->mid.integer_value() & caf::message_id::request_id_mask;
    const auto& content = what->content();
    vault_reply_ptr reply;
    if (content.match_elements<vault_reply_ptr>()) reply = content.get_as<vault_reply_ptr>(0);
    // A refusal can come while the question is still being put: never in the asker's own call.
    if (reply && loop_.context().get_executor().running_in_this_thread()) {
      if (const auto owner = tray_->owner.lock()) owner->arrived(id, std::move(reply));
      return;
    }
    if (tray_->put(id, std::move(reply))) {
      asio::post(loop_.context(), [from = tray_] { from->hand_over(); });
    }
  }

 private:
  struct tray {
    struct arrival {
      std::uint64_t id;
      vault_reply_ptr reply;
    };
    std::weak_ptr<asker> owner;
    std::mutex mutex;
    std::vector<arrival> arrivals;

    // True: it was empty, so nobody is on the way to fetch.
    bool put(std::uint64_t id, vault_reply_ptr reply) {
      const std::lock_guard lock(mutex);
      arrivals.push_back({id, std::move(reply)});
      return arrivals.size() == 1;
    }
    void hand_over() {
      std::vector<arrival> fetched;
      {
        const std::lock_guard lock(mutex);
        fetched.swap(arrivals);
      }
      const auto to = owner.lock();
      if (!to) return;
      for (auto& a : fetched) to->arrived(a.id, std::move(a.reply));
    }
  };

  event_loop& loop_;
  std::shared_ptr<tray> tray_;
};

using completion = asio::async_result<asio::use_awaitable_t<loop_executor>, void()>::handler_type;

// One request from its first question to its answer. Lives in the coroutine that waits for it.
struct asker::waiting {
  std::string_view vault;
  vault_request_ptr request;
  regions::dispatch_plan plan;
  boost::container::small_vector<std::uint32_t, 4> open;  // questions not yet answered
  unsigned asked = 0;
  ask_outcome outcome;
  bool done = false;
  std::optional<completion> complete;
  waiting* next = nullptr;
  waiting* previous = nullptr;
};

asker::asker(event_loop& loop, const routing_board& routes, const ask_limits& limits)
    : loop_(loop), routes_(routes), limits_(limits), timer_(loop.context().get_executor()) {}

std::shared_ptr<asker> asker::make(event_loop& loop, const routing_board& routes,
                                   const ask_limits& limits) {
  std::shared_ptr<asker> made(new asker(loop, routes, limits));
  auto& system = loop.system();
  caf::actor_config config;
  made->box_ = caf::make_actor<answer_box, caf::strong_actor_ptr>(
      system.next_actor_id(), system.node(), &system, config, loop, made->weak_from_this());
  return made;
}

namespace {

regions::dispatch_view view_of(const route_entry& entry) {
  return {entry.route.mode, entry.route.serving_region, entry.route.hedge, id_of(entry.serving()),
          id_of(entry.secondary)};
}

// Counts a request in and out of its vault.
class admitted {
 public:
  explicit admitted(vault_gauge& gauge) : gauge_(gauge) {
    full_ = gauge_.in_flight.fetch_add(1, std::memory_order_relaxed) >= vault_gauge::limit;
  }
  ~admitted() { gauge_.in_flight.fetch_sub(1, std::memory_order_relaxed); }
  admitted(const admitted&) = delete;
  admitted& operator=(const admitted&) = delete;
  [[nodiscard]] bool full() const { return full_; }

 private:
  vault_gauge& gauge_;
  bool full_ = false;
};

}  // namespace

task<ask_outcome> asker::ask(protocol::effect effect, const std::string& vault,
                             const vault_request_ptr& request) {
  const auto* entry = routes_.table()->find(vault);
  if (stopped_ || entry == nullptr) co_return ask_outcome{};
  const admitted in(keep(entry->gauge));
  if (in.full()) {
    ask_outcome refused;
    refused.shed = true;
    co_return refused;
  }
  waiting w{vault,
            request,
            regions::dispatch_plan(effect, view_of(*entry), std::chrono::steady_clock::now(),
                                   limits_.hedge_after, limits_.deadline),
            {},
            0,
            {},
            false,
            {},
            nullptr,
            nullptr};
  auto initiate = [this, &w](auto handler) {
    w.complete.emplace(std::move(handler));
    start(w);
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<loop_executor>, void()>(initiate,
                                                                                    use_task);
  co_return std::move(w.outcome);
}

// A request outlives tables. It holds no gauge itself, because all loops would count their holders
// in one place: each asker holds every one that it has met, of which there are as many as vaults.
vault_gauge& asker::keep(const std::shared_ptr<vault_gauge>& gauge) {
  if (last_gauge_ != gauge.get()) {
    gauges_.insert(gauge);
    last_gauge_ = gauge.get();
  }
  return *gauge;
}

void asker::start(waiting& w) {
  w.next = first_;
  if (first_ != nullptr) first_->previous = &w;
  first_ = &w;
  const bool outer = std::exchange(deferring_, true);
  step(w);
  deferring_ = outer;
  arm();
}

void asker::step(waiting& w) {
  const auto* entry = routes_.table()->find(w.vault);
  if (entry == nullptr) return finish(w, {});
  switch (w.plan.next(view_of(*entry), std::chrono::steady_clock::now())) {
    case regions::dispatch_step::wait:
      return;
    case regions::dispatch_step::ask_serving:
      return put(w, entry->serving(), entry->route.serving_region);
    case regions::dispatch_step::ask_secondary:
      return put(w, entry->secondary, entry->secondary_region);
    case regions::dispatch_step::give_up:
      return finish(w, {});
  }
}

void asker::put(waiting& w, const vault_actor& target, const std::string& region) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(questions_.size()));
    questions_.emplace_back();
  }
  const auto index = free_.back();
  free_.pop_back();
  auto& q = questions_[index];
  q.who = &w;
  q.actor = target.id();
  q.region = region;
  w.open.push_back(index);
  ++w.asked;
  const auto id = (std::uint64_t{q.generation} << index_bits) | index;
  // Whom it asks may answer at once, and others as well. What is answered waits until all that was
  // received has been asked: answers that leave together wake their clients less often.
  const bool outer = std::exchange(deferring_, true);
  loop_.tell(*caf::actor_cast<caf::abstract_actor*>(target),
             caf::make_mailbox_element(box_, caf::make_message_id(id), {}, w.request));
  deferring_ = outer;
}

void asker::arrived(std::uint64_t id, vault_reply_ptr reply) {
  const auto index = static_cast<std::uint32_t>(id & index_mask);
  if (index >= questions_.size()) return;
  auto& q = questions_[index];
  if (q.who == nullptr || q.generation != static_cast<std::uint32_t>(id >> index_bits)) return;
  if (!reply) return bounced(q);
  ask_outcome outcome;
  outcome.reply = std::move(reply);
  outcome.region = q.region;
  outcome.repeated = q.who->asked > 1;
  finish(*q.who, std::move(outcome));
}

void asker::bounced(question& q) {
  auto& w = *q.who;
  w.plan.bounced(q.actor, std::chrono::steady_clock::now());
  const auto index = static_cast<std::uint32_t>(&q - questions_.data());
  w.open.erase(std::ranges::find(w.open, index));
  release(index);
  step(w);
}

void asker::release(std::uint32_t index) {
  auto& q = questions_[index];
  q.who = nullptr;
  ++q.generation;
  free_.push_back(index);
}

// `w` is gone once its coroutine goes on.
void asker::finish(waiting& w, ask_outcome outcome) {
  for (const auto index : w.open) release(index);
  if (w.previous != nullptr) w.previous->next = w.next;
  if (w.next != nullptr) w.next->previous = w.previous;
  if (first_ == &w) first_ = w.next;
  w.outcome = std::move(outcome);
  w.done = true;
  auto complete = *std::move(w.complete);
  w.complete.reset();
  if (deferring_) {
    asio::post(loop_.context(), std::move(complete));
  } else {
    complete();
  }
}

// One timer for all that wait, however many: a request that is answered at once never sets one.
void asker::arm() {
  if (armed_ || first_ == nullptr || stopped_) return;
  armed_ = true;
  timer_.expires_after(look_every);
  timer_.async_wait([me = weak_from_this()](const boost::system::error_code& stopped) {
    if (const auto self = me.lock(); self && !stopped) self->look_again();
  });
}

void asker::look_again() {
  armed_ = false;
  const bool outer = std::exchange(deferring_, true);
  for (auto* w = first_; w != nullptr;) {
    auto* next = w->next;
    // Asking for one may bring the answers to others; they are there until their coroutines go on.
    if (!w->done) step(*w);
    w = next;
  }
  deferring_ = outer;
  arm();
}

void asker::stop() {
  stopped_ = true;
  timer_.cancel();
  const bool outer = std::exchange(deferring_, true);
  while (first_ != nullptr) finish(*first_, {});
  deferring_ = outer;
  box_ = nullptr;
}

}  // namespace twinkeep::actors
