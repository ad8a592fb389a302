#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace twinkeep::load {

// Latencies in buckets whose width grows with their value (log-linear, as in Gil Tene's
// HdrHistogram): every quantile is right to within 1/128 of itself, in constant memory, and the
// histograms of several threads add up to what one histogram would have held.
class histogram {
 public:
  // Below zero counts as zero, above the longest (73 minutes) as the longest.
  void record(std::chrono::nanoseconds value, std::uint64_t times = 1);
  void merge(const histogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  // The smallest recorded value that at least this share of all values does not exceed, rounded
  // up within its bucket, never above max(). Zero while nothing is recorded.
  [[nodiscard]] std::chrono::nanoseconds quantile(double share) const;
  [[nodiscard]] std::chrono::nanoseconds max() const { return std::chrono::nanoseconds(max_); }
  [[nodiscard]] std::chrono::nanoseconds mean() const;

  static constexpr std::uint64_t longest = (std::uint64_t{1} << 42) - 1;  // nanoseconds

 private:
  // Every power of two is cut into 128 buckets; values up to 255 have one each.
  static constexpr unsigned fraction_bits = 7;
  static constexpr std::uint64_t fractions = std::uint64_t{1} << fraction_bits;
  [[nodiscard]] static std::size_t index_of(std::uint64_t value);
  [[nodiscard]] static std::uint64_t upper_edge(std::size_t index);

  std::array<std::uint64_t, (42 - fraction_bits + 1) * fractions> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace twinkeep::load
