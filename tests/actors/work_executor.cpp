#include "actors/runtime/work_executor.hpp"

#include <boost/test/unit_test.hpp>
#include <future>

using namespace twinkeep::actors;
using namespace std::chrono_literals;

namespace {

executor_limits with_tokens(std::size_t tokens) {
  executor_limits limits;
  limits.crypto_threads = 1;
  limits.disk_threads = 1;
  limits.tokens = tokens;
  limits.token_threads = 1;
  return limits;
}

// Work that is in somebody's module until it is let go. Outlives whoever waits for it.
struct hanging_call {
  std::promise<void> begun, freed;
  std::shared_future<void> until_freed = freed.get_future().share();
};

std::shared_ptr<hanging_call> hang(thread_executor& executor, work_lane lane) {
  auto call = std::make_shared<hanging_call>();
  const bool accepted = executor.submit(lane, [call](unsigned) {
    call->begun.set_value();
    call->until_freed.wait();
  });
  BOOST_REQUIRE(accepted);
  call->begun.get_future().wait();
  return call;
}

void check_works(thread_executor& executor, work_lane lane) {
  std::promise<void> done;
  BOOST_REQUIRE(executor.submit(lane, [&](unsigned) { done.set_value(); }));
  done.get_future().wait();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(work_executors)

BOOST_AUTO_TEST_CASE(a_token_that_hangs_holds_up_its_own_lane_only) {
  thread_executor executor{with_tokens(2)};
  const auto call = hang(executor, token_lane(0));
  for (const auto lane : {work_lane::crypto, work_lane::disk, token_watch_lane(0), token_lane(1)}) {
    check_works(executor, lane);
  }
  call->freed.set_value();
}

BOOST_AUTO_TEST_CASE(a_token_that_hangs_is_not_waited_for_at_the_end) {
  auto call = std::shared_ptr<hanging_call>{};
  {
    thread_executor executor{with_tokens(1)};
    call = hang(executor, token_lane(0));
    BOOST_TEST(!executor.finish(1ms));
  }
  call->freed.set_value();
}

BOOST_AUTO_TEST_CASE(what_was_accepted_is_finished) {
  std::atomic<int> done{0};
  thread_executor executor{with_tokens(1)};
  for (const auto lane : {work_lane::crypto, work_lane::disk, token_lane(0)}) {
    for (int i = 0; i < 100; ++i) BOOST_REQUIRE(executor.submit(lane, [&](unsigned) { ++done; }));
  }
  BOOST_TEST(executor.finish(1min));
  BOOST_TEST(done == 300);
  BOOST_TEST(!executor.submit(work_lane::crypto, [](unsigned) {}));
}

BOOST_AUTO_TEST_SUITE_END()
