#include <algorithm>
#include <future>

#include "admin_kit.hpp"

namespace twinkeep::actors::tests {

BOOST_FIXTURE_TEST_SUITE(admin_drills, admin_world)

using enum event_kind;

BOOST_AUTO_TEST_CASE(a_drill_holds_until_it_is_ended) {
  const auto id = exercises->start(zone_down("eastus2", 1), std::nullopt);
  BOOST_TEST(faults.zone_down("eastus2", 1));
  auto all = exercises->list();
  BOOST_REQUIRE(all.size() == 1u);
  BOOST_TEST(all[0].id == id);
  BOOST_TEST(all[0].active);
  BOOST_TEST(all[0].started_ms == clock.ms);
  BOOST_TEST(all[0].ends_ms == 0);

  clock.ms += 1500;
  BOOST_TEST(exercises->end(id));
  BOOST_TEST(!faults.zone_down("eastus2", 1));
  all = exercises->list();
  BOOST_TEST(!all[0].active);
  BOOST_TEST(all[0].ends_ms == clock.ms);
  BOOST_TEST(exercises->end(id));  // once more is no error
  BOOST_TEST(!exercises->end("none"));

  const auto told = events.since(0);
  BOOST_REQUIRE(told.size() == 2u);
  BOOST_TEST((told[0].kind == drill_started && told[1].kind == drill_ended));
  for (const auto& e : told) {
    BOOST_TEST(e.region == "eastus2");
    BOOST_TEST(e.zone == 1u);
    BOOST_TEST(e.detail.find("zone_down eastus2/1") != std::string::npos, e.detail);
  }
  BOOST_TEST((told[1].took == regions::duration{std::chrono::milliseconds(1500)}));
}

BOOST_AUTO_TEST_CASE(two_drills_on_one_thing_hold_it_until_both_are_ended) {
  const auto first = exercises->start(zone_down("eastus2", 1), std::nullopt);
  const auto second = exercises->start(zone_down("eastus2", 1), std::nullopt);
  BOOST_TEST(first != second);
  BOOST_TEST(exercises->end(first));
  BOOST_TEST(exercises->end(first));
  BOOST_TEST(faults.zone_down("eastus2", 1));
  BOOST_TEST(exercises->end(second));
  BOOST_TEST(!faults.zone_down("eastus2", 1));
}

BOOST_AUTO_TEST_CASE(a_timed_drill_ends_by_itself) {
  std::promise<void> ended;
  // The sink was there before anything was recorded.
  events.add_sink([&](const event& e) {
    if (e.kind == drill_ended) ended.set_value();
  });
  constexpr double a_moment = 0.02;
  (void)exercises->start(zone_down("westus3", 2), a_moment);
  BOOST_TEST(exercises->list()[0].ends_ms == clock.ms + 20);
  const auto status = ended.get_future().wait_for(std::chrono::seconds(20));
  BOOST_REQUIRE((status == std::future_status::ready));
  // Its entry comes before the fault goes: end() waits for both.
  BOOST_TEST(exercises->end("1"));
  BOOST_TEST(!faults.zone_down("westus3", 2));
  BOOST_TEST(!exercises->list()[0].active);
}

BOOST_AUTO_TEST_CASE(a_timed_drill_can_be_ended_before_its_time) {
  constexpr double a_day = 86'400;
  const auto id = exercises->start(zone_down("eastus2", 3), a_day);
  BOOST_TEST(exercises->end(id));
  BOOST_TEST(!faults.zone_down("eastus2", 3));
  BOOST_TEST((event_kinds() == std::vector{drill_started, drill_ended}));
}

BOOST_AUTO_TEST_CASE(what_happens_once_is_over_at_once) {
  regions::fault crash;
  crash.kind = regions::fault_kind::component_crash;
  crash.component = regions::component::supervisor;
  const auto id = exercises->start(crash, 30.0);
  BOOST_TEST(!exercises->list()[0].active);
  BOOST_TEST(exercises->end(id));
  BOOST_TEST((event_kinds() == std::vector{drill_started}));
}

BOOST_AUTO_TEST_CASE(the_vaults_time_moves_and_no_other) {
  env.drill_clock = &advanced;
  regions::fault later;
  later.kind = regions::fault_kind::clock_advance;
  later.seconds = 86'400;
  const auto id = exercises->start(later, std::nullopt);
  const auto d = exercises->list()[0];
  BOOST_TEST(!d.active);
  BOOST_TEST(d.started_ms == clock.ms);
  BOOST_TEST(env.clock.now_ms() == clock.ms + 86'400'000);
  BOOST_TEST(env.real_clock.now_ms() == clock.ms);
  BOOST_TEST(events.since(0)[0].time_ms == clock.ms);
  BOOST_TEST(exercises->end(id));  // nothing to undo
  BOOST_TEST(env.clock.now_ms() == clock.ms + 86'400'000);
}

BOOST_AUTO_TEST_CASE(time_does_not_move_without_end) {
  advanced.advance(advanced_clock::furthest);
  const auto end = advanced.now_ms();
  advanced.advance(std::chrono::seconds{1});
  advanced.advance(std::chrono::seconds::max());
  BOOST_TEST(advanced.now_ms() == end);
}

BOOST_AUTO_TEST_CASE(a_vault_is_throttled_by_its_share_as_long_as_the_drill_goes_on) {
  const auto throttle = [](std::uint32_t share) {
    regions::fault f;
    f.kind = regions::fault_kind::throttled;
    f.vault = "demo";
    f.share_millionths = share;
    return f;
  };
  const auto refused_of = [this](int requests) {
    int refused = 0;
    for (int i = 0; i < requests; ++i) refused += faults.throttles("demo") ? 1 : 0;
    return refused;
  };
  BOOST_TEST(refused_of(100) == 0);
  const auto third = exercises->start(throttle(333'333), std::nullopt);
  for (int i = 0; i < 100; ++i) {  // never two in a row, never none of four
    const auto refused = refused_of(4);
    BOOST_TEST((refused == 1 || refused == 2));
  }
  BOOST_TEST(!faults.throttles("west"));
  const auto all = exercises->start(throttle(regions::whole_share), std::nullopt);
  BOOST_TEST(refused_of(50) == 50);
  BOOST_TEST(exercises->end(all));
  BOOST_TEST(refused_of(3000) >= 999);
  BOOST_TEST(refused_of(3000) <= 1000);
  BOOST_TEST(exercises->end(third));
  BOOST_TEST(refused_of(100) == 0);
  // The next one begins anew: the same requests are refused each time.
  const auto half = exercises->start(throttle(500'000), std::nullopt);
  for (const bool refused : {false, true, false, true}) {
    BOOST_TEST(faults.throttles("demo") == refused);
  }
  BOOST_TEST(exercises->end(half));
}

BOOST_AUTO_TEST_CASE(all_of_them_can_be_ended) {
  for (unsigned zone = 1; zone <= 3; ++zone) {
    (void)exercises->start(zone_down("eastus2", zone), std::nullopt);
  }
  exercises->end_all();
  for (unsigned zone = 1; zone <= 3; ++zone) BOOST_TEST(!faults.zone_down("eastus2", zone));
  BOOST_TEST(std::ranges::none_of(exercises->list(), &drill::active));
}

BOOST_AUTO_TEST_CASE(old_drills_are_forgotten_active_ones_never) {
  const auto lasting = exercises->start(zone_down("eastus2", 1), std::nullopt);
  for (int i = 0; i < 500; ++i) {
    BOOST_TEST(exercises->end(exercises->start(zone_down("eastus2", 2), std::nullopt)));
  }
  const auto all = exercises->list();
  BOOST_TEST(all.size() <= 200u);
  BOOST_TEST(all.front().id == lasting);
  BOOST_TEST(all.front().active);
  BOOST_TEST(all.back().id == "501");
}

BOOST_AUTO_TEST_CASE(drills_may_end_with_timers_running) {
  for (int i = 0; i < 50; ++i) (void)exercises->start(zone_down("eastus2", 1), 0.001 * i);
  exercises.reset();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
