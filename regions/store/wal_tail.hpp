#pragma once

#include <filesystem>

// Internal to regions/store.
namespace twinkeep::regions {

// Whether all that is wrong with RocksDB's write-ahead log is that its last append is incomplete.
// A power failure leaves such a tail: pages of one append reach the disk in any order. It was never
// acknowledged, because a sync must return first, and the next append begins only after that; so
// damage with the beginning of an append behind it is something else, and true corruption. (The
// last append's own rot cannot be told from a torn one. The other replicas have it then.)
[[nodiscard]] bool only_last_append_is_torn(const std::filesystem::path& directory);

}  // namespace twinkeep::regions
