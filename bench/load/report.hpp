#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/tally.hpp"

namespace twinkeep::load {

struct operation_report {
  std::string label;
  tally results;
};

// What a run measured.
struct run_report {
  std::vector<operation_report> operations;
  tally total;
  std::chrono::nanoseconds measured{};
  std::optional<double> server_cpu_us, generator_cpu_us;  // a request
  std::uint64_t failed_connects = 0;
  std::string last_problem;  // of a connection; empty: none

  [[nodiscard]] double per_second(const tally& t) const;  // successful ones
};

// As a table, and the same as JSON.
[[nodiscard]] std::string show_report(const run_report& report);
[[nodiscard]] boost::json::object to_json(const run_report& report);

}  // namespace twinkeep::load
