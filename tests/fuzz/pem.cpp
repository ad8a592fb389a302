#include "bundle.hpp"

using namespace twinkeep;

// A key and certificates as PEM.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::check_bundle(crypto::read_pem_bundle({data, size}));
  return 0;
}
