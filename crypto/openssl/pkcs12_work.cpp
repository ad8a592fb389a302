#include "crypto/openssl/pkcs12_work.hpp"

#include <openssl/provider.h>

#include <algorithm>
#include <array>

#include "crypto/openssl/certificate_parts.hpp"

namespace twinkeep::crypto::openssl {

namespace {

using library_ptr = handle<OSSL_LIB_CTX, OSSL_LIB_CTX_free>;
using provider_ptr = handle<OSSL_PROVIDER, OSSL_PROVIDER_unload>;
using pbe_param_ptr = handle<PBEPARAM, PBEPARAM_free>;
using pbes2_param_ptr = handle<PBE2PARAM, PBE2PARAM_free>;
using pbkdf2_param_ptr = handle<PBKDF2PARAM, PBKDF2PARAM_free>;

// RFC 7292 appendix C. RC4 is left out: nobody exports it.
struct pkcs12_scheme {
  int nid;
  bool needs_legacy;
};
constexpr std::array pkcs12_schemes{
    pkcs12_scheme{NID_pbe_WithSHA1And3_Key_TripleDES_CBC, false},
    pkcs12_scheme{NID_pbe_WithSHA1And2_Key_TripleDES_CBC, false},
    pkcs12_scheme{NID_pbe_WithSHA1And40BitRC2_CBC, true},
    pkcs12_scheme{NID_pbe_WithSHA1And128BitRC2_CBC, true},
};
// RFC 8018 §B.2 and RFC 3565.
constexpr std::array pbes2_ciphers{NID_aes_128_cbc, NID_aes_192_cbc, NID_aes_256_cbc,
                                   NID_des_ede3_cbc};
constexpr std::array mac_hashes{NID_sha1, NID_sha224, NID_sha256, NID_sha384, NID_sha512};

template <class Handle>
Handle parameter_of(const X509_ALGOR& algorithm, const ASN1_ITEM* item) {
  return Handle{
      static_cast<typename Handle::pointer>(ASN1_TYPE_unpack_sequence(item, algorithm.parameter))};
}

failure<error> unknown(const char* what, const ASN1_OBJECT& found) {
  const int nid = OBJ_obj2nid(&found);
  return fail(error_code::unsupported,
              std::string{"PKCS#12: "} + what + " " +
                  (nid != NID_undef ? std::string{OBJ_nid2ln(nid)} : oid_text(found)) +
                  " is not supported");
}

failure<error> malformed() {
  return fail(error_code::bad_input, "PKCS#12: the parameters of its encryption do not parse");
}

}  // namespace

const pkcs12_library& reading_library() {
  struct loaded {
    library_ptr context{OSSL_LIB_CTX_new()};
    provider_ptr standard{OSSL_PROVIDER_load(context.get(), "default")};
    provider_ptr legacy{context != nullptr ? OSSL_PROVIDER_load(context.get(), "legacy") : nullptr};
    pkcs12_library library{context.get(), legacy != nullptr};
  };
  static const loaded once;
  return once.library;
}

outcome<void> pkcs12_work::take(const ASN1_INTEGER* iterations) {
  std::uint64_t count = 1;  // RFC 7292 §4: DEFAULT 1
  const bool is_number = iterations == nullptr || ASN1_INTEGER_get_uint64(&count, iterations) == 1;
  if (!is_number || count == 0 || count > left_) {
    return fail(error_code::bad_input, "PKCS#12: expected 1 to " +
                                           std::to_string(max_pkcs12_iterations) +
                                           " iterations in all, found " +
                                           (is_number ? std::to_string(count) : "another number"));
  }
  left_ -= count;
  return {};
}

outcome<void> pkcs12_work::take_mac(const PKCS12& file) {
  if (PKCS12_mac_present(&file) != 1) {
    return fail(error_code::bad_input,
                "PKCS#12: expected a file with a MAC by its password, found none");
  }
  const X509_ALGOR* algorithm = nullptr;
  const ASN1_INTEGER* iterations = nullptr;
  PKCS12_get0_mac(nullptr, &algorithm, nullptr, &iterations, &file);
  const ASN1_OBJECT* hash = nullptr;
  X509_ALGOR_get0(&hash, nullptr, nullptr, algorithm);
  if (std::ranges::find(mac_hashes, OBJ_obj2nid(hash)) == mac_hashes.end()) {
    return unknown("a MAC by", *hash);
  }
  return take(iterations);
}

outcome<void> pkcs12_work::take_pbes2(const X509_ALGOR& algorithm) {
  const auto scheme = parameter_of<pbes2_param_ptr>(algorithm, ASN1_ITEM_rptr(PBE2PARAM));
  if (scheme == nullptr) return malformed();
  const auto& cipher = *scheme->encryption->algorithm;
  if (std::ranges::find(pbes2_ciphers, OBJ_obj2nid(&cipher)) == pbes2_ciphers.end()) {
    return unknown("encryption by", cipher);
  }
  if (OBJ_obj2nid(scheme->keyfunc->algorithm) != NID_id_pbkdf2) {
    return unknown("key derivation by", *scheme->keyfunc->algorithm);
  }
  const auto derivation =
      parameter_of<pbkdf2_param_ptr>(*scheme->keyfunc, ASN1_ITEM_rptr(PBKDF2PARAM));
  if (derivation == nullptr) return malformed();
  return take(derivation->iter);
}

outcome<void> pkcs12_work::take_encryption(const X509_ALGOR& algorithm) {
  const int nid = OBJ_obj2nid(algorithm.algorithm);
  if (nid == NID_pbes2) return take_pbes2(algorithm);
  const auto scheme = std::ranges::find(pkcs12_schemes, nid, &pkcs12_scheme::nid);
  if (scheme == pkcs12_schemes.end()) return unknown("encryption by", *algorithm.algorithm);
  if (scheme->needs_legacy && !reading_library().has_legacy) {
    return fail(error_code::unsupported,
                "PKCS#12: the file is encrypted by RC2, for which OpenSSL's legacy provider is "
                "needed and not installed here: expected a file with AES or 3DES");
  }
  const auto parameter = parameter_of<pbe_param_ptr>(algorithm, ASN1_ITEM_rptr(PBEPARAM));
  if (parameter == nullptr) return malformed();
  return take(parameter->iter);
}

}  // namespace twinkeep::crypto::openssl
