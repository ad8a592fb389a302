#pragma once

#include <openssl/pkcs12.h>

#include "crypto/certificates.hpp"
#include "crypto/openssl/handles.hpp"

// Private to crypto/: how much deriving a PKCS#12 file may ask for. The file names algorithms and
// iterations and OpenSSL would follow it, for hours if need be: everything is looked at before.
namespace twinkeep::crypto::openssl {

// A library context of its own with OpenSSL's legacy provider, which has RC2, where it is installed
// (Debian: part of libssl3): nothing else in the process can then use what that provider has.
struct pkcs12_library {
  OSSL_LIB_CTX* context = nullptr;
  bool has_legacy = false;
};
[[nodiscard]] const pkcs12_library& reading_library();

// Counts down what one file has left: max_pkcs12_iterations for all its derivations together, since
// it may have thousands of small encrypted parts.
class pkcs12_work {
 public:
  // bad_input: more than is left, or no count. unsupported: an algorithm that is not known to be
  // bounded (scrypt), or one that only the legacy provider has where that is missing.
  outcome<void> take_mac(const PKCS12& file);
  outcome<void> take_encryption(const X509_ALGOR& algorithm);

 private:
  outcome<void> take(const ASN1_INTEGER* iterations);
  outcome<void> take_pbes2(const X509_ALGOR& algorithm);

  std::uint64_t left_ = max_pkcs12_iterations;
};

}  // namespace twinkeep::crypto::openssl
