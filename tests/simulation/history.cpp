#include "tests/simulation/history.hpp"

#include <algorithm>

namespace twinkeep::simulation {

std::uint64_t secret_history::begin_write() {
  return ++begun_;
}

void secret_history::acknowledged(std::uint64_t number) {
  acknowledged_ = std::max(acknowledged_, number);
}

secret_history::read_token secret_history::begin_read(bool of_copy) const {
  return {acknowledged_, of_copy ? seen_in_copy_ : seen_in_primary_};
}

std::string secret_history::end_read(const read_token& begun, std::uint64_t seen, bool of_copy) {
  const auto told = name_ + ": read " + std::to_string(seen);
  if (seen > begun_) return told + ", but only " + std::to_string(begun_) + " were written";
  // A copy may be behind; but it may not go back behind what it has shown.
  if (seen < begun.seen_before) {
    return told + " after " + std::to_string(begun.seen_before) + " had been seen there";
  }
  if (!of_copy && seen < begun.acknowledged_before) {
    return told + ", but " + std::to_string(begun.acknowledged_before) + " was acknowledged";
  }
  auto& latest = of_copy ? seen_in_copy_ : seen_in_primary_;
  latest = std::max(latest, seen);
  return {};
}

}  // namespace twinkeep::simulation
