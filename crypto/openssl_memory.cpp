#include "crypto/openssl_memory.hpp"

#include <malloc.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "crypto/secret_bytes.hpp"

namespace twinkeep::crypto {

namespace {

void* take(std::size_t size, const char*, int) {
  return std::malloc(size);
}

void give_back(void* block, const char*, int) {
  if (block == nullptr) return;
  wipe(block, ::malloc_usable_size(block));
  std::free(block);
}

// Not std::realloc: it may leave the old block behind as it was.
void* resize(void* block, std::size_t size, const char* file, int line) {
  if (block == nullptr) return take(size, file, line);
  if (size == 0) {
    give_back(block, file, line);
    return nullptr;
  }
  void* larger = std::malloc(size);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, block, std::min(size, ::malloc_usable_size(block)));
  give_back(block, file, line);
  return larger;
}

}  // namespace

bool wipe_what_openssl_gives_back() {
  return CRYPTO_set_mem_functions(take, resize, give_back) == 1;
}

}  // namespace twinkeep::crypto
