#pragma once

#include <algorithm>

#include "regions/failover/timings.hpp"

namespace twinkeep::regions {

// When an issuer's key set is fetched: every so often; after a failure again after 1, 2, 4, ...
// seconds; and when a token names a key that is not known, but for that at most once in
// `asked_pause`, because anybody can make such a token, and not while it fails, because then it is
// tried again anyway. Takes the time from outside.
class key_refresh {
 public:
  static constexpr duration asked_pause = std::chrono::minutes{5};
  static constexpr duration longest_pause = std::chrono::minutes{5};

  explicit key_refresh(duration every) : every_(every) {}

  // When the next fetch begins; the first one at once.
  [[nodiscard]] instant next() const { return next_; }
  // A token names an unknown key. True: the end of a fetch, under way or due from now on, is worth
  // waiting for.
  [[nodiscard]] bool ask(instant now);
  // No asking is heeded before.
  [[nodiscard]] instant deaf_until() const {
    return failures_ > 0 ? std::max(next_, deaf_until_) : deaf_until_;
  }

  void began();
  void succeeded(instant now);
  void failed(instant now);

 private:
  void ended(instant now);

  duration every_;
  instant next_ = instant::min();
  instant deaf_until_ = instant::min();
  unsigned failures_ = 0;
  bool under_way_ = false;
  bool asked_ = false;
};

}  // namespace twinkeep::regions
