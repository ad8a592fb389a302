#include "bench/load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace twinkeep::load {

std::size_t histogram::index_of(std::uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  const unsigned shift = width > fraction_bits + 1 ? width - fraction_bits - 1 : 0;
  // value >> shift keeps its leading one, so that the rows of all shifts follow without a gap.
  return static_cast<std::size_t>(shift * fractions + (value >> shift));
}

std::uint64_t histogram::upper_edge(std::size_t index) {
  if (index < 2 * fractions) return index;
  const std::uint64_t shift = index / fractions - 1;
  const std::uint64_t leading = index % fractions + fractions;
  return ((leading + 1) << shift) - 1;
}

void histogram::record(std::chrono::nanoseconds value, std::uint64_t times) {
  const auto given = std::max<std::chrono::nanoseconds::rep>(value.count(), 0);
  const std::uint64_t kept = std::min(static_cast<std::uint64_t>(given), longest);
  buckets_[index_of(kept)] += times;
  count_ += times;
  max_ = std::max(max_, kept);
  sum_ += static_cast<double>(kept) * static_cast<double>(times);
}

void histogram::merge(const histogram& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

std::chrono::nanoseconds histogram::quantile(double share) const {
  if (count_ == 0) return {};
  const double wanted = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_));
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= rank) {
      return std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(upper_edge(i), max_)));
    }
  }
  return max();
}

std::chrono::nanoseconds histogram::mean() const {
  if (count_ == 0) return {};
  return std::chrono::nanoseconds(std::llround(sum_ / static_cast<double>(count_)));
}

}  // namespace twinkeep::load
