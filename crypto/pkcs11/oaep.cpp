// OpenSSL takes OAEP off for whoever did the exponentiation himself, in constant time, by a
// function that it calls deprecated for reasons of taste. Everything else here is built without
// such.
#undef OPENSSL_NO_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "crypto/input_rules.hpp"
#include "crypto/pkcs11/offered.hpp"

namespace twinkeep::crypto::pkcs11 {

outcome<secret_bytes> without_oaep(hash h, byte_view padded) {
  const EVP_MD* const md = h == hash::sha1     ? EVP_sha1()
                           : h == hash::sha256 ? EVP_sha256()
                           : h == hash::sha384 ? EVP_sha384()
                                               : EVP_sha512();
  const auto width = static_cast<int>(padded.size());
  secret_bytes text(padded.size());
  const int size = RSA_padding_check_PKCS1_OAEP_mgf1(text.writable().data(), width, padded.data(),
                                                     width, width, nullptr, 0, md, md);
  if (size < 0) return refused_ciphertext();
  text.truncate(static_cast<std::size_t>(size));
  return text;
}

}  // namespace twinkeep::crypto::pkcs11
