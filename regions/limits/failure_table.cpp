#include "regions/limits/failure_table.hpp"

#include <algorithm>
#include <cstring>
#include <span>

namespace twinkeep::regions {

failure_table::failure_table(unsigned limit, duration window, std::size_t capacity)
    : limit_(limit),
      window_(window),
      entries_(limit == 0 ? 0 : std::max(row_size, capacity / row_size * row_size)) {}

std::size_t failure_table::row_of(const failure_key& key) const {
  std::uint64_t number = 0;
  std::memcpy(&number, key.data(), sizeof number);
  return number % (entries_.size() / row_size) * row_size;
}

bool failure_table::counts(const entry& e, instant now) const {
  return e.failures > 0 && now < e.began + window_;
}

std::optional<unsigned> failure_table::refused_for(const failure_key& key, instant now) const {
  if (limit_ == 0) return std::nullopt;
  for (const auto& e : std::span(entries_).subspan(row_of(key), row_size)) {
    if (e.key != key || !counts(e, now)) continue;
    if (e.failures < limit_) return std::nullopt;
    const auto left = std::chrono::ceil<std::chrono::seconds>(e.began + window_ - now);
    return static_cast<unsigned>(left.count());
  }
  return std::nullopt;
}

std::optional<instant> failure_table::failed(const failure_key& key, instant now) {
  if (limit_ == 0) return std::nullopt;
  const auto row = std::span(entries_).subspan(row_of(key), row_size);
  auto mine =
      std::ranges::find_if(row, [&](const entry& e) { return e.failures > 0 && e.key == key; });
  if (mine == row.end()) {
    mine = std::ranges::min_element(
        row, {}, [&](const entry& e) { return counts(e, now) ? e.began : instant::min(); });
    mine->failures = 0;
  }
  if (!counts(*mine, now)) *mine = {key, now, 0};
  if (mine->failures < limit_) ++mine->failures;
  if (mine->failures < limit_) return std::nullopt;
  return mine->began + window_;
}

}  // namespace twinkeep::regions
