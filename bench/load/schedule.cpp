#include "bench/load/schedule.hpp"

namespace twinkeep::load {

schedule::schedule(double rate, arrivals kind, instant start, std::uint64_t seed)
    : interval_ns_(1e9 / rate), kind_(kind), start_(start), random_(seed), next_(start) {
  if (kind_ == arrivals::poisson) advance();
}

void schedule::advance() {
  ++sent_;
  // Multiplied, not summed up: rounding must not make the rate drift.
  place(kind_ == arrivals::fixed ? static_cast<double>(sent_) * interval_ns_
                                 : offset_ns_ + gap_(random_) * interval_ns_);
}

void schedule::place(double offset_ns) {
  offset_ns_ = offset_ns;
  next_ = start_ + nanoseconds(static_cast<nanoseconds::rep>(offset_ns));
}

}  // namespace twinkeep::load
