#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/error.hpp"
#include "crypto/hsm.hpp"
#include "crypto/random.hpp"
#include "crypto/secret_bytes.hpp"

// How the key-encryption key rests in the data directory.
namespace twinkeep::crypto {

// The numbers are those of the file's formats.
enum class seal_type : std::uint8_t { file = 1, passphrase = 2, pkcs11 = 3 };
[[nodiscard]] std::string_view to_string(seal_type type);
[[nodiscard]] std::optional<seal_type> find_seal_type(std::string_view name);

// PORT: closes the key-encryption key into what may lie on a disk, and opens it again. Both block,
// for as long as the work takes that makes guessing dear, or as an HSM does.
class kek_seal {
 public:
  virtual ~kek_seal() = default;
  [[nodiscard]] virtual seal_type type() const = 0;
  // For the log: the type and what else an operator wants to know. No secret.
  [[nodiscard]] virtual std::string name() const = 0;
  // Secret bytes, because under the seal `file` the result is the key.
  virtual outcome<secret_bytes> close(byte_view key, random_source& random) = 0;
  // refused: the wrong passphrase or HSM key; corrupt: nothing that this seal closes.
  virtual outcome<secret_bytes> open(byte_view sealed) = 0;
};

// The key itself: as safe as the disk and the file's mode.
[[nodiscard]] std::unique_ptr<kek_seal> make_file_seal();

// Cost parameters of scrypt (RFC 7914): N is 2^log2_n. The defaults are what OWASP's Password
// Storage Cheat Sheet recommends: 128 MiB for each guess.
struct scrypt_cost {
  unsigned log2_n = 17;
  unsigned r = 8;
  unsigned p = 1;
};
// Encrypted by AES-256-GCM under a key that scrypt makes of the passphrase and a salt. `cost` is
// that of closing; opening takes what the file says, if it is bearable.
[[nodiscard]] std::unique_ptr<kek_seal> make_passphrase_seal(secret_bytes passphrase,
                                                             scrypt_cost cost = {});

// Encrypted by an AES-256 key that an HSM token has made and never gives out. Each closing makes a
// key of its own there, of this label, whose id the file says; the token need not belong to a
// world.
[[nodiscard]] std::unique_ptr<kek_seal> make_pkcs11_seal(hsm_location where, std::string label);

}  // namespace twinkeep::crypto
