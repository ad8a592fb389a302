#pragma once

#include "crypto/pkcs11/offered.hpp"
#include "crypto/pkcs11/token.hpp"

// Private to crypto/: a key in a token, ready for use.
namespace twinkeep::crypto::pkcs11 {

// RSA and EC. Verifies, and encrypts, with the public half in this process.
class token_pair final : public key {
 public:
  token_pair(std::shared_ptr<token> in, hsm_key_id id, public_key pub, std::unique_ptr<key> half);

  outcome<bytes> sign(const algorithm& alg, byte_view digest) override;
  outcome<bool> verify(const algorithm& alg, byte_view digest, byte_view signature) override;
  outcome<cipher_output> encrypt(const algorithm& alg, const cipher_input& in) override;
  outcome<secret_bytes> decrypt(const algorithm& alg, const cipher_input& in) override;

 private:
  // How the token decrypts, if it does.
  outcome<way> way_to_decrypt(const algorithm& alg);

  std::shared_ptr<token> token_;
  const hsm_key_id id_;
  const public_key pub_;
  const std::unique_ptr<key> half_;
  std::optional<way> oaep_;  // with other hashes than SHA-1; what trying has shown
};

// AES.
class token_cipher final : public key {
 public:
  token_cipher(std::shared_ptr<token> in, hsm_key_id id, public_key pub);

  outcome<bytes> sign(const algorithm& alg, byte_view digest) override;
  outcome<bool> verify(const algorithm& alg, byte_view digest, byte_view signature) override;
  outcome<cipher_output> encrypt(const algorithm& alg, const cipher_input& in) override;
  outcome<secret_bytes> decrypt(const algorithm& alg, const cipher_input& in) override;

 private:
  std::shared_ptr<token> token_;
  const hsm_key_id id_;
  const public_key pub_;
};

// The key's handle, or that the token does not hold it: unavailable, another one may.
[[nodiscard]] attempt<CK_OBJECT_HANDLE> handle_of(session& in, connection& link,
                                                  const hsm_key_id& id);

// What a failed decryption is to the caller: refused, unless the token is at fault. A vague answer
// is one about the ciphertext as long as the key can be seen in the token.
[[nodiscard]] failure<trouble> judged(session& in, CK_OBJECT_HANDLE object, const trouble& why);

}  // namespace twinkeep::crypto::pkcs11
