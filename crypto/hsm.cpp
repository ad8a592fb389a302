#include "crypto/hsm.hpp"

#include <algorithm>

namespace twinkeep::crypto {

std::optional<hsm_material_head> read_hsm_material_head(byte_view material) {
  hsm_material_head head;
  if (material.size() <= 1 + head.world.size() + head.id.size() ||
      material.front() != hsm_material_octet) {
    return std::nullopt;
  }
  material = material.subspan(1);
  std::ranges::copy(material.first(head.world.size()), head.world.begin());
  std::ranges::copy(material.subspan(head.world.size(), head.id.size()), head.id.begin());
  return head;
}

}  // namespace twinkeep::crypto
