#include "actors/runtime/key_publisher.hpp"

#include <spdlog/spdlog.h>

namespace twinkeep::actors {

namespace {

std::string ids_of(const std::vector<protocol::token::issuer_key>& keys) {
  std::string ids;
  for (const auto& key : keys) ids += (ids.empty() ? "" : " ") + key.key_id;
  return ids;
}

}  // namespace

void key_publisher::publish(std::size_t issuer, std::vector<protocol::token::issuer_key> keys) {
  std::lock_guard lock(mutex_);
  const auto before = board_.current();
  const auto& old = before->issuers.at(issuer);
  auto next = protocol::token::with_keys(*before, issuer, std::move(keys));
  const auto& now = next.issuers.at(issuer);
  if (told_.size() <= issuer) told_.resize(issuer + 1);
  const bool failed = !std::exchange(told_[issuer], {}).empty();
  const bool same = next.generation == before->generation && now.keys.size() == old.keys.size();
  if (failed || !same) {
    spdlog::info("issuer {}: {} keys: {}", now.name, now.keys.size(), ids_of(now.keys));
  }
  if (same) return;
  board_.publish(std::make_shared<const protocol::token::trust>(std::move(next)));
}

void key_publisher::tell_failure(std::size_t issuer, const std::string& problem) {
  std::lock_guard lock(mutex_);
  const auto known = board_.current();
  const auto& i = known->issuers.at(issuer);
  if (told_.size() <= issuer) told_.resize(issuer + 1);
  if (std::exchange(told_[issuer], problem) == problem) return;
  spdlog::warn(
      "issuer {}: its keys cannot be had: {}; {} known before still count, and it is tried "
      "again",
      i.name, problem, i.keys.size());
}

}  // namespace twinkeep::actors
