#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/certificates.hpp"
#include "protocol/attributes.hpp"
#include "protocol/key.hpp"

namespace twinkeep::protocol {

inline constexpr std::string_view pkcs12_content_type = "application/x-pkcs12";
inline constexpr std::string_view pem_content_type = "application/x-pem-file";
// Issuers that need no issuer object (CONTRACT 6.3).
inline constexpr std::string_view issuer_self = "Self";
inline constexpr std::string_view issuer_unknown = "Unknown";
// Providers of issuer objects that this service's own certificate authority answers for.
inline constexpr std::string_view provider_built_in = "Twinkeep";
inline constexpr std::string_view provider_test = "Test";

// What happens when a certificate comes near its end.
enum class lifetime_action : std::uint8_t { auto_renew, email_contacts };
[[nodiscard]] std::string_view to_string(lifetime_action action);  // "AutoRenew", "EmailContacts"
[[nodiscard]] std::optional<lifetime_action> find_lifetime_action(std::string_view name);

// Exactly one of the two triggers is set.
struct lifetime_rule {
  std::optional<unsigned> lifetime_percentage;  // 1 to 99
  std::optional<unsigned> days_before_expiry;
  lifetime_action action = lifetime_action::auto_renew;
  bool operator==(const lifetime_rule&) const = default;
};

// A certificate's policy, complete: what the service fills in is in the defaults (CONTRACT 6.2).
struct certificate_policy {
  // key_props
  bool exportable = true;
  bool reuse_key = false;
  crypto::key_spec key;
  bool hsm = false;  // the key is an HSM's, and not exportable
  // secret_props
  std::string content_type{pkcs12_content_type};
  // x509_props
  crypto::certificate_content x509;
  unsigned validity_months = 12;
  std::vector<lifetime_rule> lifetime_actions;
  // issuer
  std::string issuer{issuer_unknown};
  std::optional<std::string> certificate_type;    // cty
  std::optional<bool> certificate_transparency;  // cert_transparency
  // attributes
  bool enabled = true;
  unix_seconds created = 0;
  unix_seconds updated = 0;
};

// What a request says of a policy. Absent and null: not said; {} of a section: nothing in it.
struct policy_input {
  std::optional<bool> exportable, reuse_key;
  std::optional<key_kind> kind;  // RSA or EC
  std::optional<unsigned> key_size;
  std::optional<crypto::curve> crv;
  std::optional<std::string> content_type;
  std::optional<std::string> subject;
  std::optional<crypto::alternative_names> names;  // {} counts as absent
  std::optional<std::vector<crypto::key_usage>> usages;
  std::optional<std::vector<std::string>> ekus;
  std::optional<unsigned> validity_months;
  std::optional<bool> is_authority;
  std::optional<std::vector<lifetime_rule>> lifetime_actions;
  std::optional<std::string> issuer, certificate_type;
  std::optional<bool> certificate_transparency;
  std::optional<bool> enabled;
};

// Everything about one version of a certificate but its private key and its secret. While the very
// first version is still pending, `chain` is empty and `enabled` is false.
struct certificate_properties {
  std::string version;
  protocol::attributes attributes;  // nbf and exp are the certificate's own
  tag_map tags;
  std::vector<bytes> chain;    // DER, leaf first
  std::string content_type;    // of its secret
  bool exportable = true;
  bool hsm = false;  // its key is an HSM's
  bool preserve_order = false;
  std::vector<crypto::key_usage> usages;  // what the key may do follows from them
  crypto::public_key pub;
  bytes thumbprint;     // x5t
  std::string subject;  // for lists

  [[nodiscard]] bool is_pending() const { return chain.empty(); }
};

enum class pending_status : std::uint8_t { in_progress, completed, cancelled, failed };
[[nodiscard]] std::string_view to_string(pending_status s);  // "inProgress", ...
[[nodiscard]] std::optional<pending_status> find_pending_status(std::string_view name);

// A certificate operation (CONTRACT 6.4), and what its completion needs to know.
struct pending_operation {
  std::string name;  // of the certificate, in the case of its first creation
  std::string request_id;  // 32 hex digits
  std::string version;     // that it will make
  std::string issuer;
  std::optional<std::string> certificate_type;
  bytes csr;  // PKCS#10 DER
  bool cancellation_requested = false;
  pending_status status = pending_status::in_progress;
  std::string status_details;
  std::string error_code, error_message;  // failed only
  unix_seconds created = 0;
  // For the version that it makes.
  certificate_policy policy;
  attributes_input attributes;
  tag_map tags;
  bool preserve_order = false;
};

struct contact {
  std::string email;
  std::optional<std::string> name, phone;
};

struct administrator {
  std::optional<std::string> first_name, last_name, email, phone;
};

struct certificate_issuer {
  std::string name;  // in the case of its first creation
  std::string provider;
  std::optional<std::string> account_id;
  std::optional<std::string> organization_id;
  std::vector<administrator> administrators;
  bool enabled = true;
  unix_seconds created = 0;
  unix_seconds updated = 0;
};
// What a request says of an issuer; absent: unchanged, or the default for a new one.
struct issuer_input {
  std::optional<std::string> provider, account_id, organization_id;
  std::optional<crypto::secret_bytes> password;  // kept sealed, never returned
  std::optional<std::vector<administrator>> administrators;
  std::optional<bool> enabled;
};

}  // namespace twinkeep::protocol
