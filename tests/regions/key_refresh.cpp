#include <boost/test/unit_test.hpp>

#include "regions/identity/key_refresh.hpp"

namespace twinkeep::regions {

namespace {

constexpr instant start{std::chrono::hours{5}};
constexpr duration every = 24h;

struct fixture {
  key_refresh refresh{every};
  void succeed(instant at) {
    refresh.began();
    refresh.succeeded(at);
  }
  void fail(instant at) {
    refresh.began();
    refresh.failed(at);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(key_refreshing, fixture)

BOOST_AUTO_TEST_CASE(the_first_fetch_is_due_at_once_and_the_next_after_a_while) {
  BOOST_TEST((refresh.next() <= start));
  succeed(start);
  BOOST_TEST((refresh.next() == start + every));
}

BOOST_AUTO_TEST_CASE(pauses_grow_while_it_fails) {
  auto now = start;
  for (const auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 300s, 300s, 300s}) {
    fail(now);
    BOOST_TEST((refresh.next() == now + pause));
    now += pause;
  }
  for (int i = 0; i < 100; ++i) fail(now);
  BOOST_TEST((refresh.next() == now + 300s));
  succeed(now);
  fail(now + every);
  BOOST_TEST((refresh.next() == now + every + 1s));
}

BOOST_AUTO_TEST_CASE(a_failure_puts_nothing_off_beyond_the_usual) {
  key_refresh often{3s};
  for (int i = 0; i < 5; ++i) {
    often.began();
    often.failed(start);
  }
  BOOST_TEST((often.next() == start + 3s));
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_fetched_once) {
  succeed(start);
  const auto asked = start + 1h;
  BOOST_TEST(refresh.ask(asked));
  BOOST_TEST((refresh.next() == asked));
  // Who comes meanwhile shares it.
  BOOST_TEST(refresh.ask(asked));
  refresh.began();
  BOOST_TEST(refresh.ask(asked + 1s));
  refresh.succeeded(asked + 2s);
  BOOST_TEST((refresh.next() == asked + 2s + every));
  for (auto at = asked + 2s; at < asked + 2s + key_refresh::asked_pause; at += 1s) {
    BOOST_TEST(!refresh.ask(at));
  }
  BOOST_TEST((refresh.next() == asked + 2s + every));
  BOOST_TEST((refresh.deaf_until() == asked + 2s + key_refresh::asked_pause));
  BOOST_TEST(refresh.ask(refresh.deaf_until()));
}

BOOST_AUTO_TEST_CASE(unknown_keys_make_no_storm_while_the_issuer_is_down_either) {
  auto now = start;
  fail(now);
  for (int second = 0; second < 3600; ++second, now += 1s) {
    const auto due = refresh.next();
    const bool heard = refresh.ask(now);
    BOOST_TEST(heard == (now >= due));
    BOOST_TEST(heard == (now >= refresh.deaf_until()));
    BOOST_TEST((refresh.next() == due));
    if (due <= now) fail(now);
  }
  // As soon as it works again, it hears.
  succeed(now);
  BOOST_TEST(refresh.ask(now + 1s));
}

BOOST_AUTO_TEST_CASE(a_fetch_asked_for_that_failed_was_the_one) {
  succeed(start);
  BOOST_TEST(refresh.ask(start + 1s));
  fail(start + 1s);
  succeed(start + 2s);
  BOOST_TEST(!refresh.ask(start + 3s));
  BOOST_TEST(refresh.ask(start + 1s + key_refresh::asked_pause));
}

BOOST_AUTO_TEST_CASE(a_fetch_that_was_due_anyway_leaves_the_ear_open) {
  refresh.began();
  BOOST_TEST(refresh.ask(start));
  refresh.succeeded(start + 1s);
  BOOST_TEST(refresh.ask(start + 2s));
  BOOST_TEST((refresh.next() == start + 2s));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions
