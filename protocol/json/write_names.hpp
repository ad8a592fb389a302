#pragma once

#include <array>
#include <string_view>

#include "protocol/rotation_policy.hpp"

// Names that answers and stored records spell alike. Internal to protocol/json.
namespace twinkeep::protocol::json {

// Indexed by rotation_action.
inline constexpr std::array<std::string_view, 2> rotation_action_names{"Rotate", "Notify"};
static_assert(rotation_action::rotate == rotation_action{0} &&
              rotation_action::notify == rotation_action{1});

}  // namespace twinkeep::protocol::json
