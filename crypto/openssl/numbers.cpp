#include "crypto/openssl/numbers.hpp"

#include <algorithm>

namespace twinkeep::crypto::openssl {

bn_ptr number(byte_view big_endian) {
  return bn_ptr{BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr)};
}

bn_ptr secret_number(byte_view big_endian) {
  bn_ptr value{BN_secure_new()};
  if (value == nullptr) return value;
  BN_set_flags(value.get(), BN_FLG_CONSTTIME);
  if (BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), value.get()) == nullptr) {
    value.reset();
  }
  return value;
}

bytes octets(const BIGNUM& value, std::size_t width) {
  bytes out(width);
  if (BN_bn2binpad(&value, out.data(), static_cast<int>(width)) < 0) out.clear();
  return out;
}

byte_view without_leading_zeros(byte_view big_endian) {
  const auto first = std::ranges::find_if(big_endian, [](auto octet) { return octet != 0; });
  return big_endian.subspan(static_cast<std::size_t>(first - big_endian.begin()));
}

int curve_number(const char* name) {
  const int nist = EC_curve_nist2nid(name);
  return nist != NID_undef ? nist : OBJ_txt2nid(name);
}

ec_group_ptr group_of(curve crv) {
  return ec_group_ptr{EC_GROUP_new_by_curve_name(curve_number(facts_of(crv).openssl_name.data()))};
}

bool is_scalar_of(const EC_GROUP& group, const BIGNUM& value) {
  return BN_is_zero(&value) == 0 && BN_cmp(&value, EC_GROUP_get0_order(&group)) < 0;
}

outcome<pkey_ptr> key_of_numbers(const char* type, int selection, OSSL_PARAM_BLD& numbers,
                                 std::string what) {
  const params_ptr params{OSSL_PARAM_BLD_to_param(&numbers)};
  const pkey_ctx_ptr ctx{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
  EVP_PKEY* key = nullptr;
  if (params == nullptr || ctx == nullptr || EVP_PKEY_fromdata_init(ctx.get()) != 1 ||
      EVP_PKEY_fromdata(ctx.get(), &key, selection, params.get()) != 1) {
    return library_failure(error_code::bad_input, std::move(what));
  }
  return pkey_ptr{key};
}

}  // namespace twinkeep::crypto::openssl
