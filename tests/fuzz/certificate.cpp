#include "crypto/certificates.hpp"

#include "fuzz.hpp"

using namespace twinkeep;

namespace {

// The size of SHA-1: x5t (RFC 7515 §4.1.7).
constexpr std::size_t thumbprint_bytes = 20;

template <class T>
bool is_refusal(const crypto::outcome<T>& read) {
  return read.error().code != crypto::error_code::unavailable && !read.error().message.empty();
}

void check_certificate(byte_view der) {
  const auto read = crypto::read_certificate(der);
  if (!read) {
    fuzz::require(is_refusal(read));
    return;
  }
  fuzz::require(read->thumbprint.size() == thumbprint_bytes);
  fuzz::require(crypto::same_key(read->pub, read->pub));
  const auto again = crypto::read_certificate(der);
  fuzz::require(again.ok() && again->subject == read->subject &&
                again->content.names == read->content.names);
}

}  // namespace

// DER: a certificate, the request for one, or a private key.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const byte_view der(data, size);
  check_certificate(der);
  const auto requested = crypto::public_key_of_request(der);
  fuzz::require(requested.ok() || is_refusal(requested));
  const auto own = crypto::public_key_of_material(der);
  fuzz::require(own.ok() || is_refusal(own));
  const std::vector<bytes> chain(2, bytes(der.begin(), der.end()));
  fuzz::require(crypto::in_chain_order(chain) == chain);
  return 0;
}
