#include "protocol/rotation_policy.hpp"

#include <chrono>
#include <limits>
#include <vector>

#include "support.hpp"

namespace twinkeep::protocol {

namespace {

namespace chr = std::chrono;

constexpr unix_seconds day_s = 86'400;

unix_seconds at(int year, unsigned month, unsigned day, unix_seconds of_day = 0) {
  const chr::sys_days date{chr::year{year} / chr::month{month} / chr::day{day}};
  return date.time_since_epoch().count() * day_s + of_day;
}

unix_seconds after(unix_seconds from, std::string_view period) {
  return plus(from, parse_period(period).value());
}
unix_seconds before(unix_seconds from, std::string_view period) {
  return minus(from, parse_period(period).value());
}

// Periods and moments from a fixed sequence (Knuth's MMIX constants), so that every run is the
// same.
class sequence {
 public:
  unsigned below(unsigned end) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<unsigned>(state_ >> 33) % end;
  }
  calendar_period period() { return {below(100), below(40), below(1000)}; }
  unix_seconds moment() {
    return at(1900 + int(below(400)), 1 + below(12), 1 + below(28), below(86'400));
  }

 private:
  std::uint64_t state_ = 2024;
};

unsigned month_of(unix_seconds moment) {
  const chr::year_month_day date{chr::floor<chr::days>(chr::sys_seconds{chr::seconds{moment}})};
  return static_cast<unsigned>(date.month());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(calendar_periods)

BOOST_AUTO_TEST_CASE(years_months_and_days_are_read) {
  struct row {
    std::string_view text;
    calendar_period period;
    std::string_view written;
  };
  for (const auto& [text, period, written] : std::vector<row>{
           {"P1Y", {1, 0, 0}, "P1Y"},
           {"P18M", {0, 18, 0}, "P18M"},
           {"P90D", {0, 0, 90}, "P90D"},
           {"P1Y2M10D", {1, 2, 10}, "P1Y2M10D"},
           {"P2Y10D", {2, 0, 10}, "P2Y10D"},
           {"P0Y0M7D", {0, 0, 7}, "P7D"},
           {"P007D", {0, 0, 7}, "P7D"},
           {"P4W", {0, 0, 28}, "P28D"},
           {"P1000Y", {1000, 0, 0}, "P1000Y"},
           {"P365000D", {0, 0, 365'000}, "P365000D"},
       }) {
    const auto read = parse_period(text);
    BOOST_TEST_REQUIRE(read.has_value(), text);
    BOOST_TEST((*read == period), text);
    BOOST_TEST(to_string(*read) == written);
  }
  BOOST_TEST(to_string(calendar_period{}) == "P0D");
}

BOOST_AUTO_TEST_CASE(nothing_else_is_a_period) {
  for (const auto* text : {"",
                           "P",
                           "1Y",
                           "p1y",
                           "P1y",
                           "PT1H",
                           "P1DT1H",
                           "P1YT",
                           "P0D",
                           "P0Y0D",
                           "P1",
                           "PY",
                           "P-1D",
                           "-P1D",
                           "+P1D",
                           "P+1D",
                           "P1.5Y",
                           "P1,5D",
                           "P1M1Y",
                           "P1D1D",
                           "P1D1M",
                           "P1Y1W",
                           "P1W1D",
                           "P1W1W",
                           "P0W",
                           "P 1D",
                           "P1D ",
                           " P1D",
                           "P1Y ",
                           "P1Y2",
                           "P1X",
                           "P1001Y",
                           "P365001D",
                           "P52143W",
                           "P999Y999M",
                           "P4294967297D",
                           "P99999999999999999999D",
                           "one year"}) {
    BOOST_TEST(!parse_period(text), text);
  }
  const std::string_view with_nul("P1D\0", 4);
  BOOST_TEST(!parse_period(with_nul));
}

BOOST_AUTO_TEST_CASE(months_are_those_of_the_calendar) {
  BOOST_TEST(after(at(2024, 1, 15, 3600), "P1M") == at(2024, 2, 15, 3600));
  BOOST_TEST(after(at(2024, 1, 31), "P1M") == at(2024, 2, 29));
  BOOST_TEST(after(at(2023, 1, 31), "P1M") == at(2023, 2, 28));
  BOOST_TEST(after(at(2024, 2, 29), "P1Y") == at(2025, 2, 28));
  BOOST_TEST(after(at(2024, 2, 29), "P4Y") == at(2028, 2, 29));
  BOOST_TEST(after(at(2024, 11, 30), "P15M") == at(2026, 2, 28));
  BOOST_TEST(after(at(2100, 1, 31), "P1M") == at(2100, 2, 28));  // no leap year
  BOOST_TEST(after(at(2000, 1, 31), "P1M") == at(2000, 2, 29));  // one
  BOOST_TEST(after(at(2024, 12, 31, 86'399), "P1D") == at(2025, 1, 1, 86'399));
  // Months first, then days.
  BOOST_TEST(after(at(2024, 1, 31), "P1M1D") == at(2024, 3, 1));
  BOOST_TEST(before(at(2024, 3, 31), "P1M") == at(2024, 2, 29));
  BOOST_TEST(before(at(2024, 3, 31), "P1M1D") == at(2024, 2, 28));
  BOOST_TEST(before(at(2024, 1, 15), "P1M") == at(2023, 12, 15));
  BOOST_TEST(before(at(2024, 1, 1, 5), "P30D") == at(2023, 12, 2, 5));
  // Before 1970 as well: an `exp` may be negative.
  BOOST_TEST(after(at(1903, 11, 25, 7), "P1M") == at(1903, 12, 25, 7));
  BOOST_TEST(before(-1, "P1M") == at(1969, 11, 30, 86'399));
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
  sequence chance;
  for (int i = 0; i < 2000; ++i) {
    auto period = chance.period();
    if (period == calendar_period{}) period.days = 1;
    BOOST_TEST((parse_period(to_string(period)) == period), to_string(period));
  }
}

BOOST_AUTO_TEST_CASE(laws_of_addition) {
  sequence chance;
  for (int i = 0; i < 5000; ++i) {
    const auto from = chance.moment();
    const auto period = chance.period();
    const auto later = plus(from, period);
    const auto label = to_string(period) + " from " + std::to_string(from);
    BOOST_TEST(later >= from, label);
    BOOST_TEST(minus(from, period) <= from, label);
    // The time of day stays.
    BOOST_TEST((later - from) % day_s == 0, label);
    // Days alone are undone exactly; so are months from a day that every month has.
    BOOST_TEST(minus(plus(from, {0, 0, period.days}), {0, 0, period.days}) == from, label);
    const calendar_period months{period.years, period.months, 0};
    BOOST_TEST(minus(plus(from, months), months) == from, label);
    // A year is twelve months.
    BOOST_TEST(plus(from, {period.years, 0, 0}) == plus(from, {0, period.years * 12, 0}), label);
    // Later starts give later ends, and longer periods as well.
    BOOST_TEST(plus(from + day_s, period) >= later, label);
    BOOST_TEST(plus(from, {period.years, period.months, period.days + 1}) > later, label);
    // Near what limits take it for.
    const auto days = (later - from) / day_s;
    BOOST_TEST(std::abs(days - std::int64_t{approximate_days(period)}) <=
                   10 + 6 * std::int64_t{period.years + period.months},
               label);
  }
}

BOOST_AUTO_TEST_CASE(a_month_on_is_always_the_next_month) {
  for (unix_seconds day = at(2023, 1, 1); day < at(2025, 1, 1); day += day_s) {
    BOOST_TEST(month_of(plus(day, {0, 1, 0})) == month_of(day) % 12 + 1);
    BOOST_TEST(month_of(minus(day, {0, 1, 0})) == (month_of(day) + 10) % 12 + 1);
  }
}

// A client may send any `exp`.
BOOST_AUTO_TEST_CASE(no_moment_is_too_far_away) {
  using limits = std::numeric_limits<unix_seconds>;
  const calendar_period most{std::numeric_limits<unsigned>::max(),
                             std::numeric_limits<unsigned>::max(),
                             std::numeric_limits<unsigned>::max()};
  BOOST_TEST(plus(limits::max(), {1, 0, 0}) == limits::max());
  BOOST_TEST(minus(limits::min(), {1, 0, 0}) == limits::min());
  BOOST_TEST(minus(limits::max(), {0, 0, 1}) == limits::max() - day_s);
  BOOST_TEST(plus(limits::min(), {0, 0, 1}) == limits::min() + day_s);
  for (const auto from :
       {limits::min(), limits::max(), unix_seconds{0}, unix_seconds{879'999'999'999},
        unix_seconds{-879'999'999'999}, unix_seconds{1} << 40}) {
    for (const auto& period : {most, calendar_period{1000, 0, 0}, calendar_period{0, 0, 365'000}}) {
      BOOST_TEST(plus(from, period) >= from);
      BOOST_TEST(minus(from, period) <= from);
    }
  }
  BOOST_TEST(approximate_days(most) == std::numeric_limits<unsigned>::max());
  BOOST_TEST(approximate_days({1, 2, 3}) == 428u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol
