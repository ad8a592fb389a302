#include "protocol/certificate.hpp"

#include <algorithm>
#include <array>

#include "protocol/ascii.hpp"

namespace twinkeep::protocol {

namespace {

// Names by the number of the enumerator (CONTRACT 6.1, 6.4).
constexpr std::array<std::string_view, 2> action_names{"AutoRenew", "EmailContacts"};
static_assert(std::size_t(lifetime_action::email_contacts) + 1 == action_names.size());

constexpr std::array<std::string_view, 4> status_names{"inProgress", "completed", "cancelled",
                                                       "failed"};
static_assert(std::size_t(pending_status::failed) + 1 == status_names.size());

}  // namespace

std::string_view to_string(lifetime_action action) {
  return action_names.at(std::size_t(action));
}

// Without case, as the actions of a key's rotation policy.
std::optional<lifetime_action> find_lifetime_action(std::string_view name) {
  const auto it = std::ranges::find_if(action_names, [&](std::string_view known) {
    return ascii::equal_ignoring_case(known, name);
  });
  if (it == action_names.end()) return std::nullopt;
  return lifetime_action(it - action_names.begin());
}

std::string_view to_string(pending_status s) {
  return status_names.at(std::size_t(s));
}

std::optional<pending_status> find_pending_status(std::string_view name) {
  const auto it = std::ranges::find(status_names, name);
  if (it == status_names.end()) return std::nullopt;
  return pending_status(it - status_names.begin());
}

}  // namespace twinkeep::protocol
