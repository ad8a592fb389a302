#pragma once

#include <tuple>

#include "crypto/key_provider.hpp"
#include "support.hpp"
#ifdef TWINKEEP_TEST_TOKENS
#include "tests/hsm/providers.hpp"
#endif

// Whoever holds keys passes the same tests: cases are templates over `providers`.
namespace twinkeep::test {

#ifndef TWINKEEP_TEST_TOKENS
struct openssl_software {
  static std::unique_ptr<crypto::key_provider> make() { return crypto::make_openssl_provider(); }
};
using providers = std::tuple<openssl_software>;
#endif

inline bytes counted(std::size_t size) {
  bytes data(size);
  counting_random{}.fill(data);
  return data;
}

}  // namespace twinkeep::test
