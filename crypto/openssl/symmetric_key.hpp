#pragma once

#include <vector>

#include "crypto/key_provider.hpp"
#include "crypto/openssl/handles.hpp"

// Private to crypto/: AES keys of 128, 192 and 256 bits.
namespace twinkeep::crypto::openssl {

// unsupported: another size.
[[nodiscard]] outcome<generated_key> generate_symmetric(unsigned bits);
[[nodiscard]] outcome<generated_key> import_symmetric(const private_jwk& given);

// Whether load() has a symmetric key before it, by the first octet.
[[nodiscard]] bool is_symmetric(byte_view material);
[[nodiscard]] outcome<std::unique_ptr<key>> read_symmetric(byte_view material);

// The key's octets and the contexts of the ciphers that it was used with: a context holds the key's
// schedule, which costs more than a short text.
class symmetric_key final : public key {
 public:
  explicit symmetric_key(secret_bytes octets);

  outcome<bytes> sign(const algorithm& alg, byte_view digest) override;
  outcome<bool> verify(const algorithm& alg, byte_view digest, byte_view signature) override;
  outcome<cipher_output> encrypt(const algorithm& alg, const cipher_input& in) override;
  outcome<secret_bytes> decrypt(const algorithm& alg, const cipher_input& in) override;

 private:
  enum class use { decrypt = 0, encrypt = 1 };  // as EVP counts
  struct context {
    use purpose;
    crypto::scheme scheme;
    cipher_ctx_ptr ctx;
  };

  // Ready for a text, with `iv` set where the cipher has one.
  [[nodiscard]] outcome<EVP_CIPHER_CTX*> start(use purpose, const algorithm& alg, byte_view iv);
  [[nodiscard]] outcome<EVP_CIPHER_CTX*> context_for(use purpose, const algorithm& alg);

  secret_bytes octets_;
  public_key pub_;
  std::vector<context> contexts_;
};

}  // namespace twinkeep::crypto::openssl
