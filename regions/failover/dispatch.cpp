#include "regions/failover/dispatch.hpp"

#include <algorithm>

namespace twinkeep::regions {

dispatch_plan::dispatch_plan(protocol::effect effect, const dispatch_view& view, instant now,
                             duration hedge_after, duration deadline)
    : mutates_(effect == protocol::effect::mutate),
      first_region_(view.serving_region),
      started_(now),
      hedge_after_(hedge_after),
      deadline_(deadline) {}

dispatch_step dispatch_plan::next(const dispatch_view& view, instant now) {
  if (now - started_ >= deadline_) return dispatch_step::give_up;
  if (mutates_) {
    const bool moved = view.mode != vault_mode::read_write || view.serving_region != first_region_;
    if (moved) return dispatch_step::give_up;
    const bool lost = open_.empty() && !bounces_.empty();
    // Its region is falling; what the write did there is not known.
    if (lost && view.hedge) return dispatch_step::give_up;
  }
  if (view.serving != 0 && !waits_for(view.serving) && !has_just_bounced(view.serving, now)) {
    return ask(view.serving, dispatch_step::ask_serving);
  }
  if (mutates_ || !view.hedge || view.secondary == 0) return dispatch_step::wait;
  const bool answer_possible = view.serving != 0 && !has_just_bounced(view.serving, now);
  const bool patient = answer_possible && now - started_ < hedge_after_;
  if (patient || waits_for(view.secondary) || has_just_bounced(view.secondary, now)) {
    return dispatch_step::wait;
  }
  return ask(view.secondary, dispatch_step::ask_secondary);
}

void dispatch_plan::bounced(std::uint64_t actor, instant now) {
  if (const auto it = std::ranges::find(open_, actor); it != open_.end()) open_.erase(it);
  std::erase_if(bounces_, [actor](const bounce& b) { return b.actor == actor; });
  bounces_.push_back({actor, now});
}

bool dispatch_plan::waits_for(std::uint64_t actor) const {
  return std::ranges::find(open_, actor) != open_.end();
}

bool dispatch_plan::has_just_bounced(std::uint64_t actor, instant now) const {
  return std::ranges::any_of(
      bounces_, [&](const bounce& b) { return b.actor == actor && now - b.at < bounce_pause; });
}

dispatch_step dispatch_plan::ask(std::uint64_t actor, dispatch_step step) {
  open_.push_back(actor);
  return step;
}

}  // namespace twinkeep::regions
