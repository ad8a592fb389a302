#include "regions/identity/key_refresh.hpp"

#include "regions/growing_pause.hpp"

namespace twinkeep::regions {

bool key_refresh::ask(instant now) {
  if (under_way_ || now >= next_) return true;
  if (now < deaf_until()) return false;
  asked_ = true;
  next_ = now;
  return true;
}

void key_refresh::began() {
  under_way_ = true;
}

void key_refresh::ended(instant now) {
  if (asked_) deaf_until_ = now + asked_pause;
  under_way_ = asked_ = false;
}

void key_refresh::succeeded(instant now) {
  ended(now);
  failures_ = 0;
  next_ = now + every_;
}

void key_refresh::failed(instant now) {
  ended(now);
  next_ = now + growing_pause(failures_++, std::min(longest_pause, every_));
}

}  // namespace twinkeep::regions
