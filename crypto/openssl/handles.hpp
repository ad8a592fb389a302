#pragma once

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

#include "crypto/algorithms.hpp"
#include "crypto/error.hpp"

// Private to crypto/: who frees what OpenSSL gives out.
namespace twinkeep::crypto::openssl {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* p) const noexcept {
    Free(p);
  }
};
template <class T, auto Free>
using handle = std::unique_ptr<T, freed_by<Free>>;

using md_ptr = handle<EVP_MD, EVP_MD_free>;
using cipher_ptr = handle<EVP_CIPHER, EVP_CIPHER_free>;
using cipher_ctx_ptr = handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using kdf_ptr = handle<EVP_KDF, EVP_KDF_free>;
using kdf_ctx_ptr = handle<EVP_KDF_CTX, EVP_KDF_CTX_free>;
using pkey_ptr = handle<EVP_PKEY, EVP_PKEY_free>;
using pkey_ctx_ptr = handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using encoder_ctx_ptr = handle<OSSL_ENCODER_CTX, OSSL_ENCODER_CTX_free>;
using pkcs8_ptr = handle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
using bn_ptr = handle<BIGNUM, BN_clear_free>;
using bn_ctx_ptr = handle<BN_CTX, BN_CTX_free>;
using ec_point_ptr = handle<EC_POINT, EC_POINT_free>;
using ec_group_ptr = handle<EC_GROUP, EC_GROUP_free>;
using param_builder_ptr = handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using params_ptr = handle<OSSL_PARAM, OSSL_PARAM_free>;
using ecdsa_sig_ptr = handle<ECDSA_SIG, ECDSA_SIG_free>;

// OpenSSL's error queue belongs to the thread: what a failed operation leaves in it would be taken
// for the reason of the next one, a TLS connection's for instance.
class error_scope {
 public:
  error_scope() = default;
  ~error_scope() {
    // Looking is cheaper than clearing, and most of the time there is nothing.
    if (ERR_peek_error() != 0) ERR_clear_error();
  }
  error_scope(const error_scope&) = delete;
  error_scope& operator=(const error_scope&) = delete;
};

// `what` and OpenSSL's reason. Never for a failed decryption, whose reason is an oracle.
[[nodiscard]] inline failure<error> library_failure(error_code code, std::string what) {
  if (const char* reason = ERR_reason_error_string(ERR_peek_last_error()); reason != nullptr) {
    what.append(": ").append(reason);
  }
  return fail(code, std::move(what));
}

// The table's names are literals, and OpenSSL only reads what it is given here.
[[nodiscard]] inline OSSL_PARAM text_param(const char* key, std::string_view literal) {
  return OSSL_PARAM_construct_utf8_string(key, const_cast<char*>(literal.data()), literal.size());
}

}  // namespace twinkeep::crypto::openssl
