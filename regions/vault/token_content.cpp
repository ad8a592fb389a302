#include "regions/vault/token_content.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

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
    const auto* last = last_of(key.label);
    if (last != nullptr ? last->install.has_value() : held_.contains(key.label)) continue;
    plan({key.label, installation{wishes.identity, key}});
  }
  for (const auto& label : wishes.dropped) drop(label);
  if (wishes.rest == hsm_wishes::others::stay) return;
  const bool all = wishes.rest == hsm_wishes::others::go;
  std::vector<std::string> strangers;
  const auto add = [&, prefix = wishes.vault + '/'](const std::string& label) {
    if (label.starts_with(prefix) && !known.contains(label)) strangers.push_back(label);
  };
  for (const auto& [label, there] : held_) {
    if (all || there.was_there) add(label);
  }
  if (all) {  // what is still to come, too
    for (const auto& [label, left] : planned_) add(label);
    if (current_) add(current_->label);
  }
  for (const auto& label : strangers) drop(label);
}

void token_content::drop(const std::string& label) {
  const auto* last = last_of(label);
  if (last == nullptr || last->install) plan({label, std::nullopt});
}

void token_content::plan(step wanted) {
  const auto label = wanted.label;
  if (planned_.insert_or_assign(label, std::move(wanted)).second) queue_.push_back(label);
}

const token_content::step* token_content::last_of(const std::string& label) const {
  if (const auto it = planned_.find(label); it != planned_.end()) return &it->second;
  return current_ && current_->label == label ? &*current_ : nullptr;
}

const token_content::step* token_content::begin() {
  if (current_ || queue_.empty()) return nullptr;
  auto taken = planned_.extract(queue_.front());
  queue_.pop_front();
  current_ = std::move(taken.mapped());
  return &*current_;
}

bool token_content::is_needed_elsewhere(const crypto::hsm_key_id& id,
                                        std::string_view label) const {
  return std::ranges::any_of(held_, [&](const auto& other) {
    const auto& ids = other.second.ids;
    return other.first != label && std::ranges::find(ids, id) != ids.end();
  });
}

std::vector<crypto::hsm_key_id> token_content::to_remove() const {
  const auto it = held_.find(current_->label);
  if (it == held_.end()) return {};
  auto ids = it->second.ids;
  std::erase_if(ids, [&](const auto& id) { return is_needed_elsewhere(id, it->first); });
  return ids;
}

void token_content::done(std::optional<crypto::hsm_key_id> id) {
  const auto finished = *std::exchange(current_, std::nullopt);
  if (finished.install) {
    if (id) installed(finished.label, *id);
  } else {
    held_.erase(finished.label);
  }
}

void token_content::failed() {
  auto again = *std::exchange(current_, std::nullopt);
  if (planned_.contains(again.label)) return;  // something newer is wanted
  failed_.push_back(again.label);
  planned_.emplace(again.label, std::move(again));
}

void token_content::retry() {
  queue_.insert(queue_.end(), failed_.begin(), failed_.end());
  failed_.clear();
}

std::size_t token_content::missing() const {
  const auto installs = [](const auto& left) { return left.second.install.has_value(); };
  const auto planned = static_cast<std::size_t>(std::ranges::count_if(planned_, installs));
  return planned + (current_ && current_->install ? 1 : 0);
}

}  // namespace twinkeep::regions
