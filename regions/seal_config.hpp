#pragma once

#include <filesystem>
#include <string>

#include "crypto/hsm.hpp"
#include "crypto/seal.hpp"

namespace twinkeep::regions {

// Under which seal the key-encryption key rests, and what opens it.
struct seal_config {
  crypto::seal_type type = crypto::seal_type::file;
  std::filesystem::path passphrase_file;  // its content without the line's end, or
  std::string passphrase_variable;        // the value of this environment variable: one of the two
  crypto::hsm_location token;
  std::string key = "twinkeep seal";  // label of the key in the token
};

}  // namespace twinkeep::regions
