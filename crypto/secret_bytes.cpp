#include "crypto/secret_bytes.hpp"

#include <openssl/evp.h>
#include <string.h>

namespace twinkeep::crypto {

void wipe(void* memory, std::size_t size) noexcept {
  if (size != 0) explicit_bzero(memory, size);  // OpenSSL's own goes eight octets at a time
}

secret_bytes secret_bytes::copy_of(byte_view data) {
  return secret_bytes(wiping_bytes(data.begin(), data.end()));
}

void secret_bytes::truncate(std::size_t size) {
  if (size >= data_.size()) return;
  wipe(data_.data() + size, data_.size() - size);
  data_.resize(size);
}

secret_bytes base64_of_secret(byte_view secret) {
  secret_bytes text((secret.size() + 2) / 3 * 4 + 1);  // and the octet 0 that OpenSSL writes
  EVP_EncodeBlock(text.writable().data(), secret.data(), static_cast<int>(secret.size()));
  text.truncate(text.size() - 1);
  return text;
}

}  // namespace twinkeep::crypto
