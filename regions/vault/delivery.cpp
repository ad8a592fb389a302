#include "regions/vault/delivery.hpp"

#include <algorithm>
#include <tuple>

#include "regions/growing_pause.hpp"

namespace twinkeep::regions {

std::optional<delivery::step> delivery::next(const vault_state& vault, instant now) {
  if (under_way_ || vault.notices.empty() || now < not_before_) return std::nullopt;
  const auto oldest = std::ranges::min_element(vault.notices, {}, [](const auto& entry) {
    return std::tie(entry.second.time, entry.first);
  });
  under_way_ = true;
  return step{&oldest->second, oldest->first == taken_};
}

void delivery::taken(std::string id) {
  taken_ = std::move(id);
  failures_ = 0;
}

void delivery::forgotten() {
  under_way_ = false;
  failures_ = 0;
}

duration delivery::failed(instant now) {
  const auto pause = growing_pause(failures_++, longest_pause);
  under_way_ = false;
  not_before_ = now + pause;
  return pause;
}

}  // namespace twinkeep::regions
