#include "jwk_numbers.hpp"

#include <openssl/core_names.h>

#include "crypto/openssl/key_material.hpp"
#include "support.hpp"

namespace twinkeep::test {

namespace {

using crypto::openssl::bn_ctx_ptr;
using crypto::openssl::bn_ptr;

bytes octets_of(const EVP_PKEY& key, const char* name) {
  BIGNUM* value = nullptr;
  if (EVP_PKEY_get_bn_param(&key, name, &value) != 1) throw std::runtime_error(name);
  return octets(*bn_ptr{value});
}

}  // namespace

crypto::openssl::bn_ptr number(const crypto::secret_bytes& big_endian) {
  const auto view = big_endian.view();
  return bn_ptr{BN_bin2bn(view.data(), static_cast<int>(view.size()), nullptr)};
}

bytes octets(const BIGNUM& value) {
  bytes out(static_cast<std::size_t>(BN_num_bytes(&value)));
  BN_bn2bin(&value, out.data());
  return out;
}

crypto::secret_bytes secret(const BIGNUM& value) {
  return crypto::secret_bytes::copy_of(octets(value));
}

crypto::secret_bytes secret(byte_view data) {
  return crypto::secret_bytes::copy_of(data);
}

crypto::private_jwk jwk_of(const crypto::generated_key& made) {
  const auto key = must(crypto::openssl::read_private(made.material.view()));
  crypto::private_jwk jwk;
  jwk.type = made.pub.type;
  jwk.crv = made.pub.crv;
  jwk.n = made.pub.n;
  jwk.e = made.pub.e;
  jwk.x = made.pub.x;
  jwk.y = made.pub.y;
  if (jwk.type == crypto::key_type::ec) {
    jwk.d = secret(octets_of(*key, OSSL_PKEY_PARAM_PRIV_KEY));
    return jwk;
  }
  jwk.d = secret(octets_of(*key, OSSL_PKEY_PARAM_RSA_D));
  jwk.p = secret(octets_of(*key, OSSL_PKEY_PARAM_RSA_FACTOR1));
  jwk.q = secret(octets_of(*key, OSSL_PKEY_PARAM_RSA_FACTOR2));
  jwk.dp = secret(octets_of(*key, OSSL_PKEY_PARAM_RSA_EXPONENT1));
  jwk.dq = secret(octets_of(*key, OSSL_PKEY_PARAM_RSA_EXPONENT2));
  jwk.qi = secret(octets_of(*key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1));
  return jwk;
}

crypto::private_jwk copy_of(const crypto::private_jwk& jwk) {
  crypto::private_jwk copy;
  copy.type = jwk.type;
  copy.crv = jwk.crv;
  copy.n = jwk.n;
  copy.e = jwk.e;
  copy.x = jwk.x;
  copy.y = jwk.y;
  using crypto::private_jwk;
  for (const auto part : {&private_jwk::d, &private_jwk::p, &private_jwk::q, &private_jwk::dp,
                          &private_jwk::dq, &private_jwk::qi, &private_jwk::k}) {
    copy.*part = secret((jwk.*part).view());
  }
  return copy;
}

crypto::private_jwk rsa_of(const BIGNUM& p, const BIGNUM& q, unsigned e) {
  const bn_ctx_ptr ctx{BN_CTX_new()};
  const bn_ptr p1{BN_dup(&p)};
  const bn_ptr q1{BN_dup(&q)};
  const bn_ptr n{BN_new()};
  const bn_ptr phi{BN_new()};
  const bn_ptr exponent{BN_new()};
  const bn_ptr part{BN_new()};
  BN_sub_word(p1.get(), 1);
  BN_sub_word(q1.get(), 1);
  BN_mul(n.get(), &p, &q, ctx.get());
  BN_mul(phi.get(), p1.get(), q1.get(), ctx.get());
  BN_set_word(exponent.get(), e);
  const bn_ptr d{BN_mod_inverse(nullptr, exponent.get(), phi.get(), ctx.get())};
  if (d == nullptr) throw std::runtime_error("e has no inverse");
  crypto::private_jwk jwk;
  jwk.n = octets(*n);
  jwk.e = octets(*exponent);
  jwk.d = secret(*d);
  jwk.p = secret(p);
  jwk.q = secret(q);
  BN_mod(part.get(), d.get(), p1.get(), ctx.get());
  jwk.dp = secret(*part);
  BN_mod(part.get(), d.get(), q1.get(), ctx.get());
  jwk.dq = secret(*part);
  const bn_ptr qi{BN_mod_inverse(nullptr, &q, &p, ctx.get())};
  jwk.qi = qi != nullptr ? secret(*qi) : secret(*BN_value_one());
  return jwk;
}

}  // namespace twinkeep::test
