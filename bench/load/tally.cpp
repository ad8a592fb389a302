#include "bench/load/tally.hpp"

namespace twinkeep::load {

std::string_view to_string(loss l) {
  switch (l) {
    case loss::connection:
      return "connection";
    case loss::timeout:
      return "timeout";
    case loss::unsent:
      return "unsent";
    case loss::malformed:
      return "malformed";
  }
  return "?";
}

void tally::answered(unsigned status, std::chrono::nanoseconds latency) {
  ++statuses_[status];
  if (is_success(status)) {
    ++succeeded_;
    latencies_.record(latency);
  } else {
    ++failed_;
  }
}

void tally::lost(loss l, std::chrono::nanoseconds waited) {
  ++losses_[static_cast<std::size_t>(l)];
  ++failed_;
  if (l == loss::timeout || l == loss::unsent) latencies_.record(waited);
}

void tally::merge(const tally& other) {
  for (std::size_t i = 0; i < statuses_.size(); ++i) statuses_[i] += other.statuses_[i];
  for (std::size_t i = 0; i < losses_.size(); ++i) losses_[i] += other.losses_[i];
  succeeded_ += other.succeeded_;
  failed_ += other.failed_;
  latencies_.merge(other.latencies_);
}

std::map<std::string, std::uint64_t> tally::errors() const {
  std::map<std::string, std::uint64_t> out;
  for (unsigned status = 0; status < statuses_.size(); ++status) {
    if (statuses_[status] != 0 && !is_success(status)) {
      out[std::to_string(status)] = statuses_[status];
    }
  }
  for (std::size_t i = 0; i < losses; ++i) {
    if (losses_[i] != 0) out[std::string(to_string(static_cast<loss>(i)))] = losses_[i];
  }
  return out;
}

}  // namespace twinkeep::load
