#pragma once

#include <array>
#include <cstdint>

#include "crypto/bytes.hpp"

namespace twinkeep::crypto {

using sha256_digest = std::array<std::uint8_t, 32>;
[[nodiscard]] sha256_digest sha256(byte_view data);

}  // namespace twinkeep::crypto
