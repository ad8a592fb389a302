#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "crypto/result.hpp"
#include "crypto/seal.hpp"
#include "regions/seal_config.hpp"

namespace twinkeep::actors {

[[nodiscard]] std::filesystem::path keyring_file(const std::filesystem::path& data);

// The seal that a configuration means, with its passphrase read. A file with a passphrase must be
// its owner's only. Errors never hold what was read.
[[nodiscard]] result<std::unique_ptr<crypto::kek_seal>, std::string> make_seal(
    const regions::seal_config& config);

// Puts the key-encryption key of a data directory that no service uses under another seal, or
// under the same one with another passphrase, salt or HSM key. What was done, in a line.
[[nodiscard]] result<std::string, std::string> rotate_seal(const std::filesystem::path& data,
                                                           const regions::seal_config& from,
                                                           const regions::seal_config& to);

}  // namespace twinkeep::actors
