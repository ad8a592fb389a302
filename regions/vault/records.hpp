#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/error.hpp"
#include "crypto/keyring.hpp"
#include "crypto/random.hpp"
#include "protocol/operations.hpp"
#include "regions/store/batch.hpp"
#include "regions/vault/vault_state.hpp"

namespace twinkeep::regions {

// Record keys within a vault:
//   "!key"                       the vault's data key, wrapped by the key-encryption key
//   "s/<lower-name>"             head of a secret: name, deletion, last request, version order
//   "s/<lower-name>/<version>"   a version: sealed properties, sealed value
//   "k/...", "c/..."             the same for keys and certificates
//   "p/<lower-name>"             a certificate operation, and the private key of its request
//   "i/<lower-name>"             an issuer of certificates, and its password
//   "n/<id>"                     a notice that nobody has taken yet
//   "!contacts"                  the certificates' contacts
// Value of a record: u32 big-endian length of the sealed meta, sealed meta, sealed value (absent in
// heads). Both are sealed for the record's key, parts "meta" and "value". A certificate's version
// has two values: u32 length of the first, the private key, and behind it the secret's value, which
// is sealed for secret_value_record.
inline constexpr std::string_view data_key_record = "!key";
inline constexpr std::string_view contacts_record = "!contacts";
inline constexpr std::string_view pending_prefix = "p/";
inline constexpr std::string_view issuer_prefix = "i/";
inline constexpr std::string_view notice_prefix = "n/";
[[nodiscard]] std::string secret_value_record(std::string_view certificate_record);
[[nodiscard]] std::string head_record(protocol::object_kind kind, std::string_view lower_name);
[[nodiscard]] std::string version_record(protocol::object_kind kind, std::string_view lower_name,
                                         std::string_view version);

// None, to be sealed, or sealed already.
using record_part = std::variant<std::monostate, byte_view, sealed_part>;

// A record before sealing. Views point into the request or the state and must outlive sealing.
struct plain_record {
  std::string key;
  bool removed = false;
  std::string meta;  // JSON; never key material
  record_part value = {};
  bool has_second = false;  // a certificate's version
  record_part second = {};
};

// Seals records for their vault: what goes into a batch.
[[nodiscard]] std::vector<record_change> seal_records(std::span<const plain_record> records,
                                                      const vault_identity& identity,
                                                      crypto::random_source& random);

// A head or version record taken apart: meta opened, value still sealed. corrupt: cut off, or it
// does not open. Precondition: `record` is not a removal.
struct opened_record {
  crypto::secret_bytes meta;  // JSON
  sealed_part value;
};
// The two values of a certificate's version.
struct two_values {
  sealed_part first, second;
};
[[nodiscard]] std::optional<two_values> split_values(const sealed_part& both);

[[nodiscard]] crypto::outcome<opened_record> open_record(const vault_identity& identity,
                                                         const record_change& record);

// A fresh vault's first batch, and the way back.
[[nodiscard]] record_change make_data_key_record(const crypto::data_key& key,
                                                 std::string_view home_region,
                                                 std::string_view vault,
                                                 const crypto::keyring& keyring,
                                                 crypto::random_source& random);
[[nodiscard]] crypto::outcome<crypto::data_key> read_data_key_record(
    const record_change& record, std::string_view home_region, std::string_view vault,
    const crypto::keyring& keyring);

// Opens a version's value for one use.
[[nodiscard]] crypto::outcome<crypto::secret_bytes> open_value(const vault_identity& identity,
                                                               std::string_view record_key,
                                                               const sealed_part& value);

}  // namespace twinkeep::regions
