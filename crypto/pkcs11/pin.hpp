#pragma once

#include "crypto/hsm.hpp"

// Private to crypto/: where PINs come from.
namespace twinkeep::crypto::pkcs11 {

// unavailable: neither is named, there is nothing, or others may read the file; the message has the
// file's or the variable's name.
[[nodiscard]] outcome<secret_bytes> read_pin(const std::filesystem::path& file,
                                             const std::string& variable);

}  // namespace twinkeep::crypto::pkcs11
