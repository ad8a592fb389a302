#pragma once

#include <vector>

#include "crypto/key_provider.hpp"
#include "crypto/openssl/handles.hpp"

namespace twinkeep::crypto::openssl {

// Private to crypto/: a parsed key with the contexts of the operations that it has done. Setting
// up a context costs as much as an RSA verification; so each is made once and stays.
class software_key final : public key {
 public:
  enum class half { public_only, pair };
  software_key(pkey_ptr pkey, public_key pub, half has);

  outcome<bytes> sign(const algorithm& alg, byte_view digest) override;
  outcome<bool> verify(const algorithm& alg, byte_view digest, byte_view signature) override;
  outcome<cipher_output> encrypt(const algorithm& alg, const cipher_input& in) override;
  outcome<secret_bytes> decrypt(const algorithm& alg, const cipher_input& in) override;

 private:
  enum class use { sign, verify, encrypt, decrypt };
  struct context {
    use purpose;
    crypto::scheme scheme;
    crypto::hash hash;
    pkey_ctx_ptr ctx;
  };

  [[nodiscard]] outcome<EVP_PKEY_CTX*> prepare(use purpose, const algorithm& alg);
  [[nodiscard]] outcome<void> check_use(use purpose, const algorithm& alg) const;
  // RFC 8017 §9.2 steps 3 to 5, with the input in the place of T.
  [[nodiscard]] bytes pad_raw(byte_view input) const;

  pkey_ptr pkey_;
  public_key pub_;
  half has_;
  std::vector<context> contexts_;
};

}  // namespace twinkeep::crypto::openssl
