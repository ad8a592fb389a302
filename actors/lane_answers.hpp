#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "actors/interfaces.hpp"
#include "actors/open_promises.hpp"
#include "actors/runtime/work_executor.hpp"
#include "crypto/error.hpp"

namespace twinkeep::actors {

// Answers of an actor that are made on a lane of the executor: promised at once, delivered in the
// actor's own context.
template <class Actor>
class lane_answers {
 public:
  // What a lane is given: makes the answer, and then has the message sent that delivers it.
  using job = std::function<work_executor::report(unsigned worker)>;

  // Promises a `Reply`, the outcome of `work`, which `submit` hands to a lane. `full` is the answer
  // if the lane has no room. Of a failure the asker learns only that there is no answer. `after`
  // comes next, in the actor's context.
  template <class Reply, class Work, class Submit>
  caf::result<Reply> promise(typename Actor::pointer self, Work work, Reply full, Submit submit,
                             std::function<void(const crypto::outcome<Reply>&)> after = {}) {
    auto promised = self->template make_response_promise<Reply>();
    const auto id = open_.next();
    // Reported to the loop that asks, where the answer is wanted.
    job made = [this, id, promised, work = std::move(work), me = Actor{self},
                loop = self->context(), after = std::move(after)](unsigned worker) mutable {
      auto finish = std::make_shared<std::function<void()>>(
          [this, id, promised, after = std::move(after),
           outcome = std::make_shared<const crypto::outcome<Reply>>(work(worker))]() mutable {
            open_.kept(id);
            if (*outcome) {
              promised.deliver(**outcome);
            } else {
              promised.deliver(
                  caf::make_error(caf::sec::request_receiver_down, outcome->error().message));
            }
            if (after) after(*outcome);
          });
      return work_executor::report{[me, loop, finish = std::move(finish)] {
        caf::actor_cast<caf::abstract_actor*>(me)->enqueue(
            caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, work_done{finish}),
            loop);
      }};
    };
    if (!submit(std::move(made))) return full;
    open_.add(id, promised);
    return promised;
  }

 private:
  open_promises open_;
};

// For `submit`: work whose report does not wait for others'.
[[nodiscard]] inline auto to_lane(work_executor& executor, work_lane lane) {
  return [&executor, lane](auto job) {
    return executor.submit(lane,
                           [job = std::move(job)](unsigned worker) mutable { job(worker)(); });
  };
}

}  // namespace twinkeep::actors
