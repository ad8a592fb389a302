#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/histogram.hpp"

namespace twinkeep::load {

// How a request can end without an answer.
enum class loss {
  connection,  // the connection ended before the answer was complete
  timeout,     // no answer within --timeout
  unsent,      // open loop: its time came, and no connection was free until the run was over
  malformed,   // an answer that is not plain HTTP/1.1
};
constexpr std::size_t losses = 4;
[[nodiscard]] std::string_view to_string(loss l);

// What became of one operation's requests.
//
// Latencies are those of successful answers and of requests that were given up for lateness
// (timeout, unsent), these with the time they had waited by then: leaving them out would flatter
// an overloaded server just when it matters. Quick refusals would flatter it too and only count.
class tally {
 public:
  void answered(unsigned status, std::chrono::nanoseconds latency);
  void lost(loss l, std::chrono::nanoseconds waited);
  void merge(const tally& other);

  [[nodiscard]] std::uint64_t requests() const { return succeeded_ + failed_; }
  [[nodiscard]] std::uint64_t succeeded() const { return succeeded_; }
  [[nodiscard]] std::uint64_t failed() const { return failed_; }
  // "503", "timeout" and the like, with their numbers.
  [[nodiscard]] std::map<std::string, std::uint64_t> errors() const;
  [[nodiscard]] const histogram& latencies() const { return latencies_; }

 private:
  std::array<std::uint64_t, 600> statuses_{};
  std::array<std::uint64_t, losses> losses_{};
  std::uint64_t succeeded_ = 0, failed_ = 0;
  histogram latencies_;
};

[[nodiscard]] constexpr bool is_success(unsigned status) {
  return status >= 200 && status < 300;
}

}  // namespace twinkeep::load
