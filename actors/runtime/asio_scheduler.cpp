#include "actors/runtime/asio_scheduler.hpp"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <caf/detail/thread_safe_actor_clock.hpp>
#include <optional>
#include <thread>

namespace twinkeep::actors {

// How many messages an actor may handle before the loop turns to sockets again.
constexpr std::size_t messages_per_turn = 64;

class event_loop::loop_unit : public caf::scoped_execution_unit {
 public:
  explicit loop_unit(boost::asio::io_context& context) : context_(context) {}
  void set(caf::actor_system& system, freezer& ice) {
    system_ptr(&system);
    ice_ = &ice;
  }
  void exec_later(caf::resumable* job) override {
    if (context_.get_executor().running_in_this_thread() && telling_) {
      telling_ = false;
      woken_ = job;
    } else {
      post(job);
    }
  }
  void post(caf::resumable* job) {
    boost::asio::post(context_, [this, job] { run(job); });
  }
  void tell(caf::abstract_actor& receiver, caf::mailbox_element_ptr what) {
    auto* job = woken_by([&] { receiver.enqueue(std::move(what), this); });
    // And whom it passes the work on to; but no further, lest a conversation keep the loop.
    if (job != nullptr) job = woken_by([&] { run(job); });
    if (job != nullptr) run(job);
  }

 private:
  // The first that `f` wakes; the others are posted.
  template <class F>
  caf::resumable* woken_by(F f) {
    telling_ = true;
    f();
    telling_ = false;
    return std::exchange(woken_, nullptr);
  }

  void run(caf::resumable* job) {
    if (ice_->park(job)) return;
    switch (job->resume(this, messages_per_turn)) {
      case caf::resumable::resume_later:
        post(job);
        break;
      case caf::resumable::done:
      case caf::resumable::awaiting_message:
      case caf::resumable::shutdown_execution_unit:
        caf::intrusive_ptr_release(job);
        break;
    }
  }

  boost::asio::io_context& context_;
  freezer* ice_ = nullptr;
  bool telling_ = false;  // of this loop's thread alone, like the next
  caf::resumable* woken_ = nullptr;
};

event_loop::event_loop() : unit_(std::make_unique<loop_unit>(context_)) {}
event_loop::~event_loop() = default;
caf::actor_system& event_loop::system() {
  return unit_->system();
}
void event_loop::tell(caf::abstract_actor& receiver, caf::mailbox_element_ptr what) {
  unit_->tell(receiver, std::move(what));
}

event_loops::event_loops(unsigned count) {
  for (unsigned i = 0; i < count; ++i) loops_.push_back(std::make_unique<event_loop>());
}

class asio_scheduler : public caf::scheduler::abstract_coordinator {
 public:
  asio_scheduler(caf::actor_system& system, event_loops& loops, freezer& ice)
      : abstract_coordinator(system), loops_(loops), ice_(ice) {}

  // From outside the loops, or without saying from which: any loop.
  void enqueue(caf::resumable* job) override {
    const auto i = turn_.fetch_add(1, std::memory_order_relaxed) % loops_.size();
    loops_.at(static_cast<unsigned>(i)).unit_->post(job);
  }

  bool detaches_utility_actors() const override { return false; }
  caf::actor_clock& clock() noexcept override { return clock_; }

  void start() override {
    for (unsigned i = 0; i < loops_.size(); ++i) {
      auto& loop = loops_.at(i);
      loop.unit_->set(system(), ice_);
      guards_.emplace_back(loop.context().get_executor());
      threads_.emplace_back([&loop] { loop.context().run(); });
    }
    timer_ = std::thread([this] { clock_.run_dispatch_loop(); });
    abstract_coordinator::start();
  }

  void stop() override {
    ice_.release_all();
    stop_actors();
    clock_.cancel_dispatch_loop();
    timer_.join();
    guards_.clear();  // loops end when nothing is left to do
    for (unsigned i = 0; i < loops_.size(); ++i) {
      auto& context = loops_.at(i).context();
      boost::asio::post(context, [&context] { context.stop(); });
    }
    for (auto& thread : threads_) thread.join();
  }

 private:
  using guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  event_loops& loops_;
  freezer& ice_;
  std::atomic<std::size_t> turn_{0};
  caf::detail::thread_safe_actor_clock clock_;
  std::vector<guard> guards_;
  std::vector<std::thread> threads_;
  std::thread timer_;
};

void use_asio_scheduler(caf::actor_system_config& config, event_loops& loops, freezer& ice) {
  config.module_factories.push_back([&](caf::actor_system& system) -> caf::actor_system::module* {
    return new asio_scheduler(system, loops, ice);
  });
}

}  // namespace twinkeep::actors
