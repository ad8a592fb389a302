#include "crypto/pkcs11/offered.hpp"

#include <array>

namespace twinkeep::crypto::pkcs11 {

namespace {

struct hash_row {
  hash h;
  CK_MECHANISM_TYPE digest;
  CK_RSA_PKCS_MGF_TYPE mask;
  unsigned digest_bytes;
  std::uint8_t oid_end;  // of 2.16.840.1.101.3.4.2
};
constexpr std::array hashes = std::to_array<hash_row>({
    {hash::sha1, CKM_SHA_1, CKG_MGF1_SHA1, 20, 0},
    {hash::sha256, CKM_SHA256, CKG_MGF1_SHA256, 32, 1},
    {hash::sha384, CKM_SHA384, CKG_MGF1_SHA384, 48, 2},
    {hash::sha512, CKM_SHA512, CKG_MGF1_SHA512, 64, 3},
});

const hash_row& row_of(hash h) {
  for (const auto& row : hashes) {
    if (row.h == h) return row;
  }
  return hashes.front();
}

way way_of_wrapping(const mechanism_list& offered, CK_MECHANISM_TYPE type) {
  if (offered.offers(type, CKF_ENCRYPT | CKF_DECRYPT)) return way::direct;
  return offered.offers(type, CKF_WRAP | CKF_UNWRAP) ? way::by_wrapping : way::none;
}

way way_of_oaep(const mechanism_list& offered, const algorithm& alg) {
  if (offered.offers(CKM_RSA_PKCS_OAEP, CKF_DECRYPT)) return way::direct;
  if (!is_to_be_tried(alg)) return way::none;
  return offered.offers(CKM_RSA_X_509, CKF_DECRYPT) ? way::raw_oaep : way::none;
}

}  // namespace

CK_MECHANISM_TYPE mechanism_of(scheme s) {
  switch (s) {
    case scheme::rsa_pkcs1_encryption:
    case scheme::rsa_pkcs1_signature:
    case scheme::rsa_pkcs1_raw:
      return CKM_RSA_PKCS;
    case scheme::rsa_oaep:
      return CKM_RSA_PKCS_OAEP;
    case scheme::rsa_pss:
      return CKM_RSA_PKCS_PSS;
    case scheme::ecdsa:
      return CKM_ECDSA;
    case scheme::aes_gcm:
      return CKM_AES_GCM;
    case scheme::aes_cbc:
      return CKM_AES_CBC;
    case scheme::aes_cbc_pad:
      return CKM_AES_CBC_PAD;
    case scheme::aes_key_wrap:
      return CKM_AES_KEY_WRAP;
    case scheme::aes_key_wrap_pad:
      return CKM_AES_KEY_WRAP_PAD;
  }
  return CKM_VENDOR_DEFINED;
}

way way_of(const mechanism_list& offered, const algorithm& alg) {
  const auto type = mechanism_of(alg.scheme);
  if (alg.wraps_only()) return way_of_wrapping(offered, type);
  if (alg.scheme == scheme::rsa_oaep) return way_of_oaep(offered, alg);
  const CK_FLAGS needed = alg.signs()                 ? CKF_SIGN
                          : alg.type == key_type::rsa ? CKF_DECRYPT
                                                      : CKF_ENCRYPT | CKF_DECRYPT;
  return offered.offers(type, needed) ? way::direct : way::none;
}

failure<error> not_offered(const algorithm& alg) {
  return fail(error_code::unsupported,
              std::string{alg.name} + " is not offered by the HSM that holds the key.");
}

CK_RSA_PKCS_PSS_PARAMS pss_parameters(const algorithm& alg) {
  const auto& row = row_of(alg.hash);
  return {row.digest, row.mask, row.digest_bytes};
}

CK_RSA_PKCS_OAEP_PARAMS oaep_parameters(const algorithm& alg) {
  const auto& row = row_of(alg.hash);
  return {row.digest, row.mask, CKZ_DATA_SPECIFIED, nullptr, 0};
}

bytes digest_info(hash h, byte_view digest) {
  const auto size = static_cast<std::uint8_t>(digest.size());
  bytes out{0x30,
            static_cast<std::uint8_t>(17 + size),
            0x30,
            0x0d,
            0x06,
            0x09,
            0x60,
            0x86,
            0x48,
            0x01,
            0x65,
            0x03,
            0x04,
            0x02,
            row_of(h).oid_end,
            0x05,
            0x00,
            0x04,
            size};
  out.insert(out.end(), digest.begin(), digest.end());
  return out;
}

}  // namespace twinkeep::crypto::pkcs11
