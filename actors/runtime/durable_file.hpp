#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "crypto/descriptor.hpp"
#include "crypto/result.hpp"
#include "crypto/secret_bytes.hpp"

// Small files that must be there complete or not at all. Errors name the file, never its content.
namespace twinkeep::actors {

inline constexpr mode_t owner_only = 0600;
inline constexpr mode_t readable_by_all = 0644;

// "FILE: WHY", and the same with the system's reason.
[[nodiscard]] failure<std::string> file_failure(const std::filesystem::path& file,
                                                std::string_view why);
[[nodiscard]] failure<std::string> system_failure(const std::filesystem::path& file);

// Makes a directory of its owner alone, if there is none.
[[nodiscard]] result<void, std::string> make_private_directory(
    const std::filesystem::path& directory);

enum class secrecy {
  is_public,
  is_secret,  // refused if others may read it or could have written it
};
// No value: there is no such file. Refused: longer than `limit`, or no regular file.
[[nodiscard]] result<std::optional<crypto::secret_bytes>, std::string> read_small_file(
    const std::filesystem::path& file, std::size_t limit, secrecy kind);

// Draft beside it with the right mode from the beginning, fsync, rename, fsync of the directory.
[[nodiscard]] result<void, std::string> write_durably(const std::filesystem::path& file,
                                                      byte_view content, mode_t mode);

// Removes it if it is there, durably.
[[nodiscard]] result<void, std::string> remove_durably(const std::filesystem::path& file);

}  // namespace twinkeep::actors
