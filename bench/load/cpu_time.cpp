#include "bench/load/cpu_time.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace twinkeep::load {
namespace {

std::optional<process_stat> stat_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return parse_process_stat(line);
}

}  // namespace

// proc(5): pid (comm) state ppid ... with utime and stime as fields 14 and 15.
std::optional<process_stat> parse_process_stat(std::string_view line) {
  // The command's name may hold blanks and parentheses: everything else follows the last one.
  const std::size_t end = line.rfind(')');
  if (end == line.npos) return std::nullopt;
  std::istringstream fields{std::string(line.substr(end + 1))};
  std::string state, skipped;
  process_stat out;
  fields >> state >> out.parent;
  for (int field = 5; field < 14; ++field) fields >> skipped;
  long user = 0, system = 0;
  if (!(fields >> user >> system)) return std::nullopt;
  out.ticks = user + system;
  return out;
}

std::vector<pid_t> with_children(const std::vector<pid_t>& processes) {
  std::vector<pid_t> all = processes;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    pid_t process = 0;
    const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (error != std::errc() || rest != name.data() + name.size()) continue;
    const auto stat = stat_of(process);
    if (stat && std::find(processes.begin(), processes.end(), stat->parent) != processes.end()) {
      all.push_back(process);
    }
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::chrono::nanoseconds cpu_time_of(const std::vector<pid_t>& processes) {
  const long ticks_per_second = sysconf(_SC_CLK_TCK);
  std::chrono::nanoseconds sum{0};
  for (const pid_t process : processes) {
    if (const auto stat = stat_of(process)) {
      sum += std::chrono::nanoseconds(stat->ticks * (1'000'000'000 / ticks_per_second));
    }
  }
  return sum;
}

std::chrono::nanoseconds own_cpu_time() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto length = [](const timeval& t) {
    return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec);
  };
  return length(used.ru_utime) + length(used.ru_stime);
}

}  // namespace twinkeep::load
