#include "actors/gateway/session.hpp"

namespace twinkeep::actors {

watch::watch(event_loop& loop)
    : timer_(loop.context().get_executor()), now_(std::chrono::steady_clock::now()) {}

void watch::add(connection& c) {
  if (first_ == nullptr) now_ = std::chrono::steady_clock::now();
  c.previous_ = nullptr;
  c.next_ = first_;
  if (first_ != nullptr) first_->previous_ = &c;
  first_ = &c;
  arm();
}

void watch::remove(connection& c) {
  if (c.previous_ != nullptr) c.previous_->next_ = c.next_;
  if (c.next_ != nullptr) c.next_->previous_ = c.previous_;
  if (first_ == &c) first_ = c.next_;
}

void watch::arm() {
  if (armed_ || stopped_ || first_ == nullptr) return;
  armed_ = true;
  timer_.expires_after(granularity);
  timer_.async_wait([me = weak_from_this()](const boost::system::error_code& stopped) {
    if (const auto self = me.lock(); self && !stopped) self->look();
  });
}

// Expiring cancels what a connection waits for; it goes on, or ends, after this round.
void watch::look() {
  armed_ = false;
  now_ = std::chrono::steady_clock::now();
  for (auto* c = first_; c != nullptr; c = c->next_) {
    if (c->deadline() <= now_) c->expire();
  }
  arm();
}

void watch::leave_all() {
  for (auto* c = first_; c != nullptr; c = c->next_) c->leave();
}

void watch::abort_all() {
  for (auto* c = first_; c != nullptr; c = c->next_) c->abort();
}

void watch::stop() {
  stopped_ = true;
  timer_.cancel();
}

}  // namespace twinkeep::actors
