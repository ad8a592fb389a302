#include "crypto/openssl/ecdsa_signature.hpp"

#include "crypto/openssl/handles.hpp"

namespace twinkeep::crypto::openssl {

outcome<bytes> fixed_width(byte_view der, std::size_t width) {
  const auto* at = der.data();
  const ecdsa_sig_ptr parts{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
  bytes out(2 * width);
  const auto padded = static_cast<int>(width);
  if (parts == nullptr || BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), out.data(), padded) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), out.data() + width, padded) < 0) {
    return library_failure(error_code::unavailable, "ECDSA signature");
  }
  return out;
}

bytes der_of(byte_view signature, std::size_t width) {
  if (signature.size() != 2 * width) return {};
  const auto part = static_cast<int>(width);
  const ecdsa_sig_ptr parts{ECDSA_SIG_new()};
  bn_ptr r{BN_bin2bn(signature.data(), part, nullptr)};
  bn_ptr s{BN_bin2bn(signature.data() + width, part, nullptr)};
  if (parts == nullptr || r == nullptr || s == nullptr) return {};
  ECDSA_SIG_set0(parts.get(), r.release(), s.release());
  unsigned char* encoded = nullptr;
  const int size = i2d_ECDSA_SIG(parts.get(), &encoded);
  if (size <= 0) return {};
  bytes out(encoded, encoded + size);
  OPENSSL_free(encoded);
  return out;
}

}  // namespace twinkeep::crypto::openssl
