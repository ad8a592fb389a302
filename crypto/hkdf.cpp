#include "crypto/hkdf.hpp"

#include <openssl/core_names.h>

#include <array>
#include <stdexcept>

#include "crypto/openssl/handles.hpp"

namespace twinkeep::crypto {

namespace {

OSSL_PARAM octets_param(const char* key, byte_view data) {
  return OSSL_PARAM_construct_octet_string(key, const_cast<std::uint8_t*>(data.data()),
                                           data.size());
}

}  // namespace

secret_bytes hkdf_sha256(byte_view input, byte_view salt, byte_view info, std::size_t size) {
  const openssl::error_scope errors;
  static const openssl::kdf_ptr kdf{EVP_KDF_fetch(nullptr, "HKDF", nullptr)};
  const openssl::kdf_ctx_ptr ctx{EVP_KDF_CTX_new(kdf.get())};
  // OpenSSL takes an empty octet string without an address for a parameter that is not there.
  constexpr std::uint8_t nothing = 0;
  const auto present = [&](byte_view v) { return v.empty() ? byte_view{&nothing, 0} : v; };
  const std::array params{
      openssl::text_param(OSSL_KDF_PARAM_DIGEST, openssl_name(hash::sha256)),
      octets_param(OSSL_KDF_PARAM_KEY, present(input)),
      octets_param(OSSL_KDF_PARAM_SALT, present(salt)),
      octets_param(OSSL_KDF_PARAM_INFO, present(info)),
      OSSL_PARAM_construct_end(),
  };
  secret_bytes out(size);
  if (ctx == nullptr ||
      EVP_KDF_derive(ctx.get(), out.writable().data(), size, params.data()) != 1) {
    throw std::runtime_error("OpenSSL cannot derive with HKDF-SHA-256");
  }
  return out;
}

}  // namespace twinkeep::crypto
