#include <boost/test/unit_test.hpp>

#include "regions/failover/dispatch.hpp"

using namespace twinkeep::regions;
using namespace std::chrono_literals;
using twinkeep::protocol::operation_id;
using twinkeep::protocol::row_of;

namespace {

constexpr std::uint64_t home_actor = 1;
constexpr std::uint64_t next_home_actor = 2;
constexpr std::uint64_t copy = 9;
const instant start = instant{} + 1h;

dispatch_view at_home(std::uint64_t actor = home_actor) {
  return {vault_mode::read_write, "eastus2", false, actor, copy};
}
dispatch_view suspected(std::uint64_t actor = home_actor) {
  auto view = at_home(actor);
  view.hedge = true;
  return view;
}
const dispatch_view failed_over{vault_mode::read_only, "centralus", false, copy, copy};

dispatch_plan plan_for(operation_id operation, const dispatch_view& view) {
  return {row_of(operation).effect, view, start, 50ms, 10s};
}
constexpr auto wait = dispatch_step::wait;
constexpr auto ask_serving = dispatch_step::ask_serving;
constexpr auto ask_secondary = dispatch_step::ask_secondary;
constexpr auto give_up = dispatch_step::give_up;

}  // namespace

namespace twinkeep::regions {
static std::ostream& operator<<(std::ostream& out, dispatch_step step) {
  return out << static_cast<int>(step);
}
}  // namespace twinkeep::regions

BOOST_AUTO_TEST_SUITE(failover_dispatch)

BOOST_AUTO_TEST_CASE(a_request_is_asked_once_and_then_waited_for) {
  auto plan = plan_for(operation_id::secret_get, at_home());
  BOOST_TEST(plan.next(at_home(), start) == ask_serving);
  BOOST_TEST(plan.next(at_home(), start) == wait);
  BOOST_TEST(plan.next(at_home(), start + 9s) == wait);
  BOOST_TEST(plan.next(at_home(), start + 10s) == give_up);
}

BOOST_AUTO_TEST_CASE(whoever_serves_now_is_asked_even_a_write_in_the_same_region) {
  for (const auto operation : {operation_id::secret_get, operation_id::secret_set}) {
    auto plan = plan_for(operation, at_home());
    BOOST_TEST(plan.next(at_home(), start) == ask_serving);
    plan.bounced(home_actor, start);
    BOOST_TEST(plan.next(at_home(), start) == wait);
    BOOST_TEST(plan.next(at_home(0), start + 1ms) == wait);
    BOOST_TEST(plan.next(at_home(next_home_actor), start + 2ms) == ask_serving);
    BOOST_TEST(plan.next(at_home(next_home_actor), start + 2ms) == wait);
  }
}

// A vault delegates to crypto actors: one that crashes answers in the vault's place, and the vault
// goes on living.
BOOST_AUTO_TEST_CASE(who_bounced_is_asked_again_after_a_pause) {
  auto plan = plan_for(operation_id::key_sign, at_home());
  BOOST_TEST(plan.next(at_home(), start) == ask_serving);
  plan.bounced(home_actor, start + 1ms);
  BOOST_TEST(plan.next(at_home(), start + 1ms) == wait);
  const auto later = start + 1ms + dispatch_plan::bounce_pause;
  BOOST_TEST(plan.next(at_home(), later) == ask_serving);
  BOOST_TEST(plan.next(at_home(), later + 1s) == wait);
}

BOOST_AUTO_TEST_CASE(a_read_is_tried_at_the_copy_only_while_its_region_is_suspected_and_slow) {
  auto plan = plan_for(operation_id::secret_get, at_home());
  BOOST_TEST(plan.next(at_home(), start) == ask_serving);
  BOOST_TEST(plan.next(at_home(), start + 1s) == wait);
  BOOST_TEST(plan.next(suspected(), start + 1s) == ask_secondary);
  BOOST_TEST(plan.next(suspected(), start + 1s) == wait);

  auto patient = plan_for(operation_id::secret_get, suspected());
  BOOST_TEST(patient.next(suspected(), start) == ask_serving);
  BOOST_TEST(patient.next(suspected(), start + 49ms) == wait);
  BOOST_TEST(patient.next(suspected(), start + 50ms) == ask_secondary);
}

BOOST_AUTO_TEST_CASE(with_nobody_at_home_a_suspected_regions_copy_is_asked_at_once) {
  auto plan = plan_for(operation_id::key_verify, suspected(0));
  BOOST_TEST(plan.next(suspected(0), start) == ask_secondary);
}

BOOST_AUTO_TEST_CASE(a_write_is_never_sent_to_another_region) {
  auto plan = plan_for(operation_id::secret_set, at_home());
  BOOST_TEST(plan.next(at_home(), start) == ask_serving);
  BOOST_TEST(plan.next(suspected(), start + 2s) == wait);
  BOOST_TEST(plan.next(failed_over, start + 3s) == give_up);
}

BOOST_AUTO_TEST_CASE(a_write_that_was_lost_with_its_region_is_given_up) {
  auto plan = plan_for(operation_id::secret_set, at_home());
  BOOST_TEST(plan.next(at_home(), start) == ask_serving);
  plan.bounced(home_actor, start);
  BOOST_TEST(plan.next(suspected(0), start) == give_up);
}

BOOST_AUTO_TEST_CASE(a_read_follows_its_vault_to_the_pair) {
  auto plan = plan_for(operation_id::secret_get, at_home());
  BOOST_TEST(plan.next(at_home(), start) == ask_serving);
  BOOST_TEST(plan.next(failed_over, start + 3s) == ask_serving);
  BOOST_TEST(plan.next(failed_over, start + 3s) == wait);
}

BOOST_AUTO_TEST_SUITE_END()
