#include "bench/load/histogram.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using twinkeep::load::histogram;

BOOST_AUTO_TEST_SUITE(histogram_of_latencies)

BOOST_AUTO_TEST_CASE(an_empty_one_answers_zero) {
  const histogram h;
  BOOST_TEST(h.count() == 0u);
  BOOST_TEST(h.quantile(0.5).count() == 0);
  BOOST_TEST(h.max().count() == 0);
  BOOST_TEST(h.mean().count() == 0);
}

BOOST_AUTO_TEST_CASE(small_values_are_exact) {
  histogram h;
  for (int i = 1; i <= 200; ++i) h.record(nanoseconds(i));
  BOOST_TEST(h.quantile(0.5).count() == 100);
  BOOST_TEST(h.quantile(0.99).count() == 198);
  BOOST_TEST(h.quantile(0).count() == 1);
  BOOST_TEST(h.quantile(1).count() == 200);
  BOOST_TEST(h.mean().count() == 101);
}

// Every power of two and its neighbours: where the bucket's width changes.
BOOST_AUTO_TEST_CASE(one_value_is_never_understated_and_overstated_by_a_128th_at_most) {
  for (unsigned bit = 0; bit < 42; ++bit) {
    for (const std::int64_t offset : {-1, 0, 1}) {
      const std::int64_t value = (std::int64_t{1} << bit) + offset;
      histogram h;
      h.record(nanoseconds(value));
      h.record(nanoseconds(std::int64_t{1} << 41));  // so that max() does not cap the answer
      const std::int64_t found = h.quantile(0.5).count();
      BOOST_TEST(found >= value);
      BOOST_TEST(static_cast<double>(found) <= static_cast<double>(value) * (1 + 1.0 / 128));
    }
  }
}

BOOST_AUTO_TEST_CASE(quantiles_follow_those_of_the_sorted_values) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> latency(11, 2);  // around 60 us with a long tail
  std::vector<std::int64_t> values;
  histogram h;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(std::llround(latency(random)));
    h.record(nanoseconds(values.back()));
  }
  std::sort(values.begin(), values.end());
  for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * 20'000));
    const auto exact = static_cast<double>(values[rank - 1]);
    const auto found = static_cast<double>(h.quantile(share).count());
    BOOST_TEST(found >= exact);
    BOOST_TEST(found <= exact * (1 + 1.0 / 128));
  }
  BOOST_TEST(h.max().count() == values.back());
}

BOOST_AUTO_TEST_CASE(no_quantile_lies_above_the_longest_value) {
  histogram h;
  h.record(1'000'001ns);
  BOOST_TEST(h.quantile(0.5).count() == 1'000'001);
}

BOOST_AUTO_TEST_CASE(values_out_of_range_are_kept_at_its_ends) {
  histogram h;
  h.record(-5ns);
  BOOST_TEST(h.quantile(1).count() == 0);
  h.record(24h);
  BOOST_TEST(h.max().count() == static_cast<std::int64_t>(histogram::longest));
  BOOST_TEST(h.count() == 2u);
}

BOOST_AUTO_TEST_CASE(merging_equals_recording_everything_in_one) {
  histogram all, left, right;
  for (int i = 0; i < 1000; ++i) {
    const nanoseconds value(i * i);
    all.record(value);
    (i % 3 == 0 ? left : right).record(value);
  }
  left.merge(right);
  BOOST_TEST(left.count() == all.count());
  BOOST_TEST(left.max().count() == all.max().count());
  BOOST_TEST(left.mean().count() == all.mean().count());
  for (const double share : {0.1, 0.5, 0.9, 0.999}) {
    BOOST_TEST(left.quantile(share).count() == all.quantile(share).count());
  }
}

BOOST_AUTO_TEST_SUITE_END()
