#include "regions/store/batch.hpp"

namespace twinkeep::regions {

std::size_t size_in_bytes(const batch& b) {
  std::size_t total = sizeof(batch) + b.origin.size() + b.vault.size();
  for (const auto& change : b.changes) {
    total += sizeof(record_change) + change.key.size() + (change.value ? change.value->size() : 0);
  }
  return total;
}

}  // namespace twinkeep::regions
