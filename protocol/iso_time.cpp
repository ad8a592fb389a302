#include "protocol/iso_time.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace twinkeep::protocol {

std::string iso_time(unix_seconds time) {
  using namespace std::chrono;
  const sys_seconds moment{seconds{time}};
  const auto midnight = floor<days>(moment);
  const year_month_day date{midnight};
  const hh_mm_ss of_day{moment - midnight};
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(of_day.hours().count()),
                static_cast<int>(of_day.minutes().count()),
                static_cast<int>(of_day.seconds().count()));
  return out.data();
}

}  // namespace twinkeep::protocol
