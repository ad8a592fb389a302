#include <boost/test/unit_test.hpp>
#include <set>

#include "regions/limits/failures.hpp"

namespace twinkeep::regions {

namespace {

constexpr instant start{std::chrono::hours{5}};
constexpr duration window = 60s;

failure_key key_of(unsigned number) {
  failure_key key{};
  for (std::size_t i = 0; i < sizeof number; ++i) {
    key[i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return key;
}

struct counting_random : crypto::random_source {
  explicit counting_random(std::uint8_t first) : next(first) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& octet : out) octet = next++;
  }
  std::uint8_t next;
};

address_octets v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d};
}

address_octets v6(std::uint8_t prefix, std::uint8_t host) {
  address_octets out{0x20, 0x01, 0x0d, 0xb8};
  out[7] = prefix;
  out[15] = host;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(failures)

BOOST_AUTO_TEST_CASE(who_reaches_the_limit_is_refused_until_its_window_is_over) {
  failure_table table(3, window);
  const auto key = key_of(1);
  BOOST_TEST(!table.refused_for(key, start).has_value());
  BOOST_TEST(!table.failed(key, start).has_value());
  BOOST_TEST(!table.failed(key, start + 10s).has_value());
  BOOST_TEST(!table.refused_for(key, start + 10s).has_value());
  BOOST_TEST((table.failed(key, start + 20s) == start + window));
  BOOST_TEST(table.refused_for(key, start + 20s).value() == 40u);
  BOOST_TEST(table.refused_for(key, start + window - 1ms).value() == 1u);
  BOOST_TEST(!table.refused_for(key, start + window).has_value());
  // The next failure begins the next window.
  BOOST_TEST(!table.failed(key, start + window).has_value());
  BOOST_TEST(!table.refused_for(key, start + window).has_value());
}

BOOST_AUTO_TEST_CASE(failures_of_an_earlier_window_do_not_count) {
  failure_table table(2, window);
  BOOST_TEST(!table.failed(key_of(1), start).has_value());
  BOOST_TEST(!table.failed(key_of(1), start + window).has_value());
  BOOST_TEST(table.failed(key_of(1), start + window + 1s).has_value());
}

BOOST_AUTO_TEST_CASE(failures_beyond_the_limit_prolong_nothing) {
  failure_table table(1, window);
  for (auto at = start; at < start + window; at += 1s) {
    BOOST_TEST((table.failed(key_of(1), at) == start + window));
  }
  BOOST_TEST(!table.refused_for(key_of(1), start + window).has_value());
}

BOOST_AUTO_TEST_CASE(others_are_not_refused) {
  failure_table table(1, window);
  (void)table.failed(key_of(1), start);
  BOOST_TEST(table.refused_for(key_of(1), start).has_value());
  BOOST_TEST(!table.refused_for(key_of(2), start).has_value());
}

BOOST_AUTO_TEST_CASE(no_limit_refuses_nobody) {
  failure_table table(0, window);
  for (int i = 0; i < 1000; ++i) BOOST_TEST(!table.failed(key_of(1), start).has_value());
  BOOST_TEST(!table.refused_for(key_of(1), start).has_value());
}

BOOST_AUTO_TEST_CASE(where_there_is_no_room_the_oldest_is_forgotten) {
  failure_table table(1, window, 8);  // one row
  for (unsigned i = 0; i < 8; ++i) (void)table.failed(key_of(i), start + i * 1s);
  for (unsigned i = 0; i < 8; ++i) BOOST_TEST(table.refused_for(key_of(i), start + 8s).has_value());
  (void)table.failed(key_of(8), start + 8s);
  BOOST_TEST(!table.refused_for(key_of(0), start + 8s).has_value());
  for (unsigned i = 1; i < 9; ++i) BOOST_TEST(table.refused_for(key_of(i), start + 8s).has_value());
  // What is over goes before what is not.
  (void)table.failed(key_of(9), start + window + 1s);
  for (unsigned i = 2; i < 10; ++i) {
    BOOST_TEST(table.refused_for(key_of(i), start + window + 1s).has_value(), i);
  }
}

BOOST_AUTO_TEST_CASE(a_crowd_of_names_takes_no_more_room) {
  failure_table table(1, window);
  for (unsigned i = 0; i < 100'000; ++i) (void)table.failed(key_of(i), start);
  unsigned refused = 0;
  for (unsigned i = 0; i < 100'000; ++i) refused += table.refused_for(key_of(i), start) ? 1U : 0U;
  BOOST_TEST(refused == failure_table::usual_capacity);
}

BOOST_AUTO_TEST_CASE(addresses_count_by_ipv4_address_and_by_ipv6_64) {
  counting_random random(1);
  const failure_names names(random);
  BOOST_TEST((names.address(v4(192, 0, 2, 1)) != names.address(v4(192, 0, 2, 2))));
  BOOST_TEST((names.address(v6(1, 1)) == names.address(v6(1, 2))));
  BOOST_TEST((names.address(v6(1, 1)) != names.address(v6(2, 1))));
  // An address whose first half is that of the mapped ones is still no IPv4 address.
  BOOST_TEST((names.address(address_octets{}) != names.address(v4(0, 0, 0, 0))));
}

BOOST_AUTO_TEST_CASE(callers_count_by_application_and_object_without_case) {
  counting_random random(1);
  const failure_names names(random);
  BOOST_TEST((names.caller("App", "OID") == names.caller("app", "oid")));
  std::set<failure_key> all;
  for (const auto& [app, oid] : {std::pair{"a", "b"}, {"ab", ""}, {"", "ab"}, {"b", "a"}}) {
    all.insert(names.caller(app, oid).value());
  }
  all.insert(names.address(v4(1, 2, 3, 4)));
  BOOST_TEST(all.size() == 5u);
  BOOST_TEST(!names.caller("", "").has_value());
}

BOOST_AUTO_TEST_CASE(another_process_names_them_otherwise) {
  counting_random one(1);
  counting_random two(2);
  const failure_names first(one);
  const failure_names second(two);
  BOOST_TEST((first.address(v4(1, 2, 3, 4)) != second.address(v4(1, 2, 3, 4))));
}

BOOST_AUTO_TEST_CASE(either_limit_refuses) {
  failure_counts counts({.per_address = 3, .per_caller = 2, .window = window});
  const suspect here{key_of(1), key_of(10)};
  const suspect elsewhere{key_of(2), key_of(10)};
  const suspect neighbour{key_of(1), key_of(11)};
  const suspect nameless{key_of(1), std::nullopt};
  BOOST_TEST(!counts.failed(here, start).has_value());
  BOOST_TEST(counts.failed(here, start).has_value());
  BOOST_TEST(counts.refused_for(elsewhere, start).has_value());
  BOOST_TEST(!counts.refused_for(neighbour, start).has_value());
  BOOST_TEST(!counts.refused_for(nameless, start).has_value());
  BOOST_TEST(counts.failed(nameless, start + 1s).has_value());
  BOOST_TEST(counts.refused_for(neighbour, start + 1s).has_value());
  BOOST_TEST(!counts.refused_for(neighbour, start + window).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions
