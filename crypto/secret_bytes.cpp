#include "crypto/secret_bytes.hpp"

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

}  // namespace twinkeep::crypto
