#pragma once

#include <filesystem>
#include <string>

#include "regions/store/replica_store.hpp"

// One zone's directory, apart from what the engine keeps in it. Internal to regions/store.
namespace twinkeep::regions {

// The number in the file FORMAT, which is written before anything else and read before the engine
// is let at the directory: opening alone would rewrite files that another version made.
inline constexpr unsigned store_format = 1;

// Makes the directory if need be and checks its format. True: it holds no store yet.
[[nodiscard]] store_outcome<bool> prepare_directory(const std::filesystem::path& directory);

// Makes way for a blank store, durably. `keep`: the directory is set aside as <name>.corrupt-<k>
// for someone to look at, and all but the last two set aside are removed.
[[nodiscard]] store_outcome<void> clear_directory(const std::filesystem::path& directory,
                                                  bool keep);

}  // namespace twinkeep::regions
