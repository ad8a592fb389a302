#pragma once

#include <atomic>

#include "bench/load/report.hpp"
#include "bench/load/worker.hpp"

namespace twinkeep::load {

// Runs the workload to its end or until `interrupted`; prints a line a second to stderr when
// asked to.
[[nodiscard]] run_report run(const workload& work, const run_options& options,
                             std::atomic<bool>& interrupted);

}  // namespace twinkeep::load
