#pragma once

#include <string>
#include <vector>

#include "crypto/certificates.hpp"
#include "crypto/openssl/certificate_parts.hpp"

// Private to crypto/: what PEM and PKCS#12 have in common.
namespace twinkeep::crypto::openssl {

inline constexpr std::size_t largest_bundle = 1 << 20;

// What was found in an import so far; refuses at once what would be too much.
class bundle_parts {
 public:
  explicit bundle_parts(std::string format) : format_(std::move(format)) {}

  outcome<void> add_key(pkey_ptr key);
  outcome<void> add_certificate(x509_ptr certificate);
  // bad_input: nothing that belongs together. unsupported: a type or size of key.
  outcome<certificate_bundle> put_together();
  // `reason` with the format before it.
  [[nodiscard]] failure<error> wrong(std::string_view reason,
                                     error_code code = error_code::bad_input) const;

 private:
  std::string format_;
  pkey_ptr key_;
  std::vector<x509_ptr> certificates_;
};

}  // namespace twinkeep::crypto::openssl
