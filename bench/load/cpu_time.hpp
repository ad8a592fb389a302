#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace twinkeep::load {

// A line of /proc/PID/stat, as far as it matters here.
struct process_stat {
  pid_t parent = 0;
  long ticks = 0;  // user and system time of all its threads, ended ones included
};
[[nodiscard]] std::optional<process_stat> parse_process_stat(std::string_view line);

// The processes and their children (nginx does its work in these), without duplicates.
[[nodiscard]] std::vector<pid_t> with_children(const std::vector<pid_t>& processes);

// CPU time that the processes have used so far. One that has ended counts nothing more.
[[nodiscard]] std::chrono::nanoseconds cpu_time_of(const std::vector<pid_t>& processes);
[[nodiscard]] std::chrono::nanoseconds own_cpu_time();

}  // namespace twinkeep::load
