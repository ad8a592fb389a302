#include "crypto/seal/scrypt.hpp"

#include <openssl/core_names.h>

#include <array>
#include <stdexcept>

#include "crypto/openssl/handles.hpp"

namespace twinkeep::crypto {

namespace {

// Twice what is written today, in memory; in time, p times that.
constexpr std::uint64_t most_bytes = std::uint64_t{256} << 20;
constexpr unsigned most_log2_n = 20;
constexpr unsigned most_r = 32;
constexpr unsigned most_p = 4;

std::uint64_t memory_of(const scrypt_cost& cost) {
  return (std::uint64_t{128} * cost.r) << cost.log2_n;
}

// OpenSSL takes an octet string without an address for a parameter that is not there.
OSSL_PARAM octets_param(const char* key, byte_view data) {
  static std::uint8_t nothing = 0;
  auto* const at = data.empty() ? &nothing : const_cast<std::uint8_t*>(data.data());
  return OSSL_PARAM_construct_octet_string(key, at, data.size());
}

}  // namespace

bool is_bearable(const scrypt_cost& cost) {
  return cost.log2_n >= 1 && cost.log2_n <= most_log2_n && cost.r >= 1 && cost.r <= most_r &&
         cost.p >= 1 && cost.p <= most_p && memory_of(cost) <= most_bytes &&
         cost.log2_n < 16 * cost.r;  // RFC 7914 §2: N < 2^(128 * r / 8)
}

secret_bytes scrypt(byte_view passphrase, byte_view salt, const scrypt_cost& cost,
                    std::size_t size) {
  const openssl::error_scope errors;
  static const openssl::kdf_ptr kdf{EVP_KDF_fetch(nullptr, "SCRYPT", nullptr)};
  const openssl::kdf_ctx_ptr ctx{EVP_KDF_CTX_new(kdf.get())};
  std::uint64_t n = std::uint64_t{1} << cost.log2_n;
  std::uint32_t r = cost.r;
  std::uint32_t p = cost.p;
  std::uint64_t most = 2 * most_bytes;  // with scrypt's smaller buffers
  const std::array params{
      octets_param(OSSL_KDF_PARAM_PASSWORD, passphrase),
      octets_param(OSSL_KDF_PARAM_SALT, salt),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &most),
      OSSL_PARAM_construct_end(),
  };
  secret_bytes out(size);
  if (ctx == nullptr ||
      EVP_KDF_derive(ctx.get(), out.writable().data(), size, params.data()) != 1) {
    throw std::runtime_error("OpenSSL cannot derive with scrypt");
  }
  return out;
}

}  // namespace twinkeep::crypto
