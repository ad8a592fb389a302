#include "crypto/pkcs11/key_objects.hpp"

#include <openssl/core_names.h>

#include <algorithm>
#include <array>

#include "crypto/openssl/key_material.hpp"
#include "crypto/openssl/numbers.hpp"
#include "crypto/pkcs11/offered.hpp"
#include "crypto/random.hpp"

namespace twinkeep::crypto::pkcs11 {

namespace {

constexpr std::array<std::uint8_t, 3> public_exponent{1, 0, 1};

failure<trouble> not_this_key(CK_RV code = CKR_OK) {
  return failure{trouble{code, {error_code::corrupt, "HSM key: its material is not of this key"}}};
}

}  // namespace

const algorithm& algorithm_to_check(const public_key& pub) {
  if (pub.type == key_type::rsa) return *find_algorithm("RS256");
  return *std::ranges::find(algorithms(), std::optional{pub.crv}, &algorithm::crv);
}

attributes passing_private() {
  attributes a;
  a.no(CKA_TOKEN).yes(CKA_PRIVATE).yes(CKA_SENSITIVE).yes(CKA_EXTRACTABLE);
  return a;
}

attempt<generated_key> wrapped(session& in, connection& link, CK_OBJECT_HANDLE object,
                               public_key pub) {
  const auto blob = in.wrap(by_world(), link.world().handle, object);
  if (!blob) return failure{blob.error()};
  auto made = write_material(link.world().world, std::move(pub), *blob);
  if (!made) return trouble_of(std::move(made).error());
  return *std::move(made);
}

attempt<public_key> read_rsa_half(session& in, CK_OBJECT_HANDLE object) {
  const auto n = in.read(object, CKA_MODULUS);
  if (!n) return failure{n.error()};
  const auto e = in.read(object, CKA_PUBLIC_EXPONENT);
  if (!e) return failure{e.error()};
  public_key pub;
  const auto plain_n = openssl::without_leading_zeros(*n);
  const auto plain_e = openssl::without_leading_zeros(*e);
  pub.n.assign(plain_n.begin(), plain_n.end());
  pub.e.assign(plain_e.begin(), plain_e.end());
  return pub;
}

attempt<void> check_signature(session& in, CK_OBJECT_HANDLE object, const public_key& pub) {
  const auto& alg = algorithm_to_check(pub);
  bytes digest(alg.digest_bytes);
  system_random().fill(digest);
  const bool is_rsa = pub.type == key_type::rsa;
  const auto signature = is_rsa
                             ? in.sign(method{CKM_RSA_PKCS}, object, digest_info(alg.hash, digest))
                             : in.sign(method{CKM_ECDSA}, object, digest);
  if (!signature) return failure{signature.error()};
  const auto software = make_openssl_provider()->load_public(pub);
  if (!software) return trouble_of(software.error());
  const auto verified = (*software)->verify(alg, digest, *signature);
  if (!verified || !*verified) return not_this_key();
  return {};
}

namespace {

attempt<public_key> read_ec_half(session& in, CK_OBJECT_HANDLE object, curve crv) {
  const auto point = in.read(object, CKA_EC_POINT);
  if (!point) return failure{point.error()};
  auto pub = public_half_of_point(crv, *point);
  if (!pub) return trouble_of(std::move(pub).error());
  return *std::move(pub);
}

attempt<generated_key> generate_rsa(session& in, connection& link, unsigned bits) {
  attributes public_half;
  public_half.no(CKA_TOKEN).number(CKA_MODULUS_BITS, bits);
  public_half.octets(CKA_PUBLIC_EXPONENT, public_exponent).yes(CKA_VERIFY).yes(CKA_ENCRYPT);
  auto private_half = passing_private();
  private_half.yes(CKA_SIGN).yes(CKA_DECRYPT);
  const auto pair = in.generate_pair(CKM_RSA_PKCS_KEY_PAIR_GEN, public_half, private_half);
  if (!pair) return failure{pair.error()};
  const passing_object first(in, pair->public_half);
  const passing_object second(in, pair->private_half);
  auto pub = read_rsa_half(in, first.get());
  if (!pub) return failure{std::move(pub).error()};
  return wrapped(in, link, second.get(), *std::move(pub));
}

attempt<generated_key> generate_ec(session& in, connection& link, curve crv) {
  const auto parameters = curve_parameters(crv);
  attributes public_half;
  public_half.no(CKA_TOKEN).octets(CKA_EC_PARAMS, parameters).yes(CKA_VERIFY);
  auto private_half = passing_private();
  private_half.yes(CKA_SIGN);
  const auto pair = in.generate_pair(CKM_EC_KEY_PAIR_GEN, public_half, private_half);
  if (!pair) return failure{pair.error()};
  const passing_object first(in, pair->public_half);
  const passing_object second(in, pair->private_half);
  auto pub = read_ec_half(in, first.get(), crv);
  if (!pub) return failure{std::move(pub).error()};
  return wrapped(in, link, second.get(), *std::move(pub));
}

attempt<generated_key> generate_oct(session& in, connection& link, unsigned bits) {
  auto a = passing_private();
  a.number(CKA_VALUE_LEN, bits / 8).yes(CKA_ENCRYPT).yes(CKA_DECRYPT);
  const auto made = in.generate(CKM_AES_KEY_GEN, a);
  if (!made) return failure{made.error()};
  const passing_object object(in, *made);
  public_key pub;
  pub.type = key_type::oct;
  pub.octet_bits = bits;
  return wrapped(in, link, object.get(), std::move(pub));
}

attempt<generated_key> imported_object(session& in, connection& link, attributes& a,
                                       const public_key& pub) {
  const auto made = in.create(a);
  if (!made) return failure{made.error()};
  const passing_object object(in, *made);
  return wrapped(in, link, object.get(), pub);
}

// Of a private key, as octets without leading zeros.
outcome<secret_bytes> secret_part(const EVP_PKEY& pair, const char* name) {
  BIGNUM* found = nullptr;
  EVP_PKEY_get_bn_param(&pair, name, &found);
  const openssl::bn_ptr value{found};
  if (value == nullptr) return openssl::library_failure(error_code::unavailable, "private key");
  secret_bytes out(static_cast<std::size_t>(BN_num_bytes(value.get())));
  BN_bn2bin(value.get(), out.writable().data());
  return out;
}

struct part {
  CK_ATTRIBUTE_TYPE type;
  const char* name;
};
constexpr std::array rsa_parts = std::to_array<part>({
    {CKA_PRIVATE_EXPONENT, OSSL_PKEY_PARAM_RSA_D},
    {CKA_PRIME_1, OSSL_PKEY_PARAM_RSA_FACTOR1},
    {CKA_PRIME_2, OSSL_PKEY_PARAM_RSA_FACTOR2},
    {CKA_EXPONENT_1, OSSL_PKEY_PARAM_RSA_EXPONENT1},
    {CKA_EXPONENT_2, OSSL_PKEY_PARAM_RSA_EXPONENT2},
    {CKA_COEFFICIENT, OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
});

attempt<generated_key> import_pair(session& in, connection& link, const generated_key& imported) {
  const openssl::error_scope errors;
  const auto& pub = imported.pub;
  const auto pair = openssl::read_private(imported.material.view());
  if (!pair) return trouble_of(pair.error());
  auto a = passing_private();
  a.number(CKA_CLASS, CKO_PRIVATE_KEY).yes(CKA_SIGN);
  std::vector<secret_bytes> values;
  values.reserve(rsa_parts.size());
  const auto add = [&](const part& p) -> outcome<void> {
    auto value = secret_part(**pair, p.name);
    if (!value) return failure{std::move(value).error()};
    values.push_back(*std::move(value));
    a.octets(p.type, values.back().view());
    return {};
  };
  bytes parameters;
  if (pub.type == key_type::rsa) {
    a.number(CKA_KEY_TYPE, CKK_RSA).yes(CKA_DECRYPT);
    a.octets(CKA_MODULUS, pub.n).octets(CKA_PUBLIC_EXPONENT, pub.e);
    for (const auto& p : rsa_parts) {
      if (auto added = add(p); !added) return trouble_of(added.error());
    }
  } else {
    parameters = curve_parameters(pub.crv);
    a.number(CKA_KEY_TYPE, CKK_EC).octets(CKA_EC_PARAMS, parameters);
    if (auto added = add({CKA_VALUE, OSSL_PKEY_PARAM_PRIV_KEY}); !added) {
      return trouble_of(added.error());
    }
  }
  return imported_object(in, link, a, pub);
}

// Only what its algorithms need, and never out of the token again. The first three are what the
// world's key insists on (CKA_UNWRAP_TEMPLATE).
attributes installed_template(const wrapped_key& key, std::string_view label,
                              const mechanism_list& offered) {
  attributes a;
  a.yes(CKA_SENSITIVE).no(CKA_EXTRACTABLE).yes(CKA_PRIVATE).yes(CKA_TOKEN);
  a.octets(CKA_ID, key.id).text(CKA_LABEL, label).no(CKA_DERIVE);
  if (key.pub.type == key_type::oct) {
    a.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES);
    a.yes(CKA_ENCRYPT).yes(CKA_DECRYPT).no(CKA_SIGN).no(CKA_VERIFY);
    if (way_of(offered, *find_algorithm("CKM_AES_KEY_WRAP")) == way::by_wrapping) {
      a.yes(CKA_WRAP).yes(CKA_UNWRAP);
    } else {
      a.no(CKA_WRAP).no(CKA_UNWRAP);
    }
    return a;
  }
  a.number(CKA_CLASS, CKO_PRIVATE_KEY).yes(CKA_SIGN).no(CKA_SIGN_RECOVER).no(CKA_UNWRAP);
  if (key.pub.type == key_type::rsa) {
    a.number(CKA_KEY_TYPE, CKK_RSA).yes(CKA_DECRYPT);
  } else {
    a.number(CKA_KEY_TYPE, CKK_EC).no(CKA_DECRYPT);
  }
  return a;
}

// Whether the private half in the token goes with the public half that came along.
attempt<void> check_pair(session& in, CK_OBJECT_HANDLE object, const wrapped_key& key) {
  const auto& pub = key.pub;
  if (pub.type == key_type::oct) {
    // RFC 5649 §3: a semiblock longer than the key, which its integrity check covers. Modules do
    // not agree on whether what was unwrapped has a CKA_VALUE_LEN.
    constexpr std::size_t semiblock = 8;
    if (key.blob.size() != pub.octet_bits / 8 + semiblock) return not_this_key();
    return {};
  }
  if (pub.type == key_type::rsa) {
    const auto half = read_rsa_half(in, object);
    if (!half) return failure{half.error()};
    if (half->n != pub.n || half->e != pub.e) return not_this_key();
    return {};
  }
  return check_signature(in, object, pub);
}

}  // namespace

attempt<generated_key> generate_wrapped(session& in, connection& link, const key_spec& spec) {
  switch (spec.type) {
    case key_type::rsa:
      return generate_rsa(in, link, spec.modulus_bits);
    case key_type::ec:
      return generate_ec(in, link, spec.crv);
    case key_type::oct:
      return generate_oct(in, link, spec.octet_bits);
  }
  return trouble_of({error_code::unsupported, "HSM key: no such type"});
}

attempt<generated_key> import_wrapped(session& in, connection& link,
                                      const generated_key& imported) {
  if (imported.pub.type != key_type::oct) return import_pair(in, link, imported);
  auto a = passing_private();
  a.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES);
  a.octets(CKA_VALUE, imported.material.view().subspan(1));
  return imported_object(in, link, a, imported.pub);
}

attempt<CK_OBJECT_HANDLE> unwrap_as(session& in, connection& link, const wrapped_key& key,
                                    attributes& what) {
  const auto made = in.unwrap(by_world(), link.world().handle, key.blob, what);
  if (!made) {
    const auto code = made.error().code;
    // SoftHSM answers vaguely to a blob that does not open.
    if (code == CKR_WRAPPED_KEY_INVALID || code == CKR_WRAPPED_KEY_LEN_RANGE ||
        code == CKR_ENCRYPTED_DATA_INVALID || is_vague(code)) {
      return not_this_key(code);
    }
    return failure{made.error()};
  }
  passing_object object(in, *made);
  if (auto same = check_pair(in, object.get(), key); !same) return failure{same.error()};
  return object.keep();
}

attempt<CK_OBJECT_HANDLE> unwrap_into_token(session& in, connection& link, const wrapped_key& key,
                                            std::string_view label) {
  auto a = installed_template(key, label, link.mechanisms());
  return unwrap_as(in, link, key, a);
}

}  // namespace twinkeep::crypto::pkcs11
