#include "crypto/digest.hpp"

#include <stdexcept>

#include "crypto/openssl/handles.hpp"

namespace twinkeep::crypto {

sha256_digest sha256(byte_view data) {
  static const openssl::md_ptr md{
      EVP_MD_fetch(nullptr, openssl_name(hash::sha256).data(), nullptr)};
  sha256_digest digest{};
  if (md == nullptr ||
      EVP_Digest(data.data(), data.size(), digest.data(), nullptr, md.get(), nullptr) != 1) {
    ERR_clear_error();
    throw std::runtime_error("OpenSSL cannot compute SHA-256");
  }
  return digest;
}

}  // namespace twinkeep::crypto
