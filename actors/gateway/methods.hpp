#pragma once

#include <optional>
#include <string_view>

#include "protocol/operations.hpp"

namespace twinkeep::actors {

// nullopt: a method that no operation has.
[[nodiscard]] std::optional<protocol::http_method> method_of(std::string_view name);

}  // namespace twinkeep::actors
