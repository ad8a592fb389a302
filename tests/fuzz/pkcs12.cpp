#include <array>

#include "bundle.hpp"

using namespace twinkeep;

namespace {

// None, and those of tests/data/certificates.
constexpr std::array<std::string_view, 3> passwords{"", "secret",
                                                    "p\xc3\xa4ssw\xc3\xb6rd \xe2\x82\xac"};

}  // namespace

// An octet that chooses the password, and the DER of PKCS#12.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  byte_view input(data, size);
  const auto password = passwords[fuzz::choice(input) % passwords.size()];
  fuzz::check_bundle(crypto::read_pkcs12(input, as_bytes(password)));
  return 0;
}
