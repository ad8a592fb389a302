#include "regions/vault/token_content.hpp"

#include <algorithm>

namespace twinkeep::regions {

void token_content::opened(const std::vector<crypto::hsm_object>& objects) {
  for (const auto& object : objects) {
    auto& there = held_[object.label];
    there.ids.push_back(object.id);
    there.was_there = true;
  }
}

void token_content::installed(const std::string& label, const crypto::hsm_key_id& id) {
  auto& there = held_[label];
  if (std::ranges::find(there.ids, id) == there.ids.end()) there.ids.push_back(id);
}

void token_content::want(const hsm_wishes& wishes) {
  std::unordered_set<std::string_view> known;
  for (const auto& key : wishes.keys) {
    known.insert(key.label);
    if (held_.contains(key.label) && !leaving_.contains(key.label)) continue;
    steps_.push_back({key.label, installation{wishes.identity, key}});
    leaving_.erase(key.label);  // this step comes after that one
    ++missing_;
  }
  for (const auto& label : wishes.dropped) drop(label);
  if (wishes.rest == hsm_wishes::others::stay) return;
  const auto prefix = wishes.vault + '/';
  std::vector<std::string> strangers;
  for (const auto& [label, there] : held_) {
    const bool goes = there.was_there || wishes.rest == hsm_wishes::others::go;
    if (goes && label.starts_with(prefix) && !known.contains(label)) strangers.push_back(label);
  }
  for (const auto& label : strangers) drop(label);
}

void token_content::drop(const std::string& label) {
  if (leaving_.insert(label).second) steps_.push_back({label, std::nullopt});
}

bool token_content::is_needed_elsewhere(const crypto::hsm_key_id& id,
                                        std::string_view label) const {
  return std::ranges::any_of(held_, [&](const auto& other) {
    const auto& ids = other.second.ids;
    return other.first != label && std::ranges::find(ids, id) != ids.end();
  });
}

std::vector<crypto::hsm_key_id> token_content::to_remove() const {
  const auto it = held_.find(steps_.front().label);
  if (it == held_.end()) return {};
  auto ids = it->second.ids;
  std::erase_if(ids, [&](const auto& id) { return is_needed_elsewhere(id, it->first); });
  return ids;
}

void token_content::done(std::optional<crypto::hsm_key_id> id) {
  const auto finished = std::move(steps_.front());
  steps_.pop_front();
  if (finished.install) {
    --missing_;
    if (id) installed(finished.label, *id);
  } else {
    held_.erase(finished.label);
    leaving_.erase(finished.label);
  }
}

}  // namespace twinkeep::regions
