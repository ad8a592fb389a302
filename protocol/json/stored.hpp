#pragma once

#include <string>
#include <vector>

#include "crypto/error.hpp"
#include "protocol/certificate.hpp"
#include "protocol/key.hpp"
#include "protocol/rotation_policy.hpp"
#include "protocol/secret.hpp"

namespace twinkeep::protocol::json {

// The form in which properties are kept in stored records and backups: JSON, readable by later
// versions (unknown members are ignored, absent ones take their defaults). Sealed by the barrier
// before it reaches a disk. Reading gives `corrupt` and names the member, not its content.
[[nodiscard]] std::string store_secret(const secret_properties& secret);
[[nodiscard]] std::string store_key(const key_properties& key);
[[nodiscard]] crypto::outcome<secret_properties> load_secret(std::string_view text);
[[nodiscard]] crypto::outcome<key_properties> load_key(std::string_view text);

// A certificate's version. Facts that follow from the leaf (pub, thumbprint, subject) are not kept
// but read from it again.
[[nodiscard]] std::string store_certificate(const certificate_properties& certificate);
[[nodiscard]] crypto::outcome<certificate_properties> load_certificate(std::string_view text);
// What concerns all versions of a certificate or key; members of a head record.
[[nodiscard]] std::string store_policy(const certificate_policy& policy);
[[nodiscard]] crypto::outcome<certificate_policy> load_policy(std::string_view text);
[[nodiscard]] std::string store_rotation_policy(const rotation_policy& policy);
[[nodiscard]] crypto::outcome<rotation_policy> load_rotation_policy(std::string_view text);
// Whole records. An issuer's password is not part of its text: it is the record's sealed value.
[[nodiscard]] std::string store_pending(const pending_operation& pending);
[[nodiscard]] crypto::outcome<pending_operation> load_pending(std::string_view text);
[[nodiscard]] std::string store_issuer(const certificate_issuer& issuer);
[[nodiscard]] crypto::outcome<certificate_issuer> load_issuer(std::string_view text);
[[nodiscard]] std::string store_contacts(const std::vector<contact>& contacts);
[[nodiscard]] crypto::outcome<std::vector<contact>> load_contacts(std::string_view text);

}  // namespace twinkeep::protocol::json
