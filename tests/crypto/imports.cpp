#include <vector>

#include "jwk_numbers.hpp"
#include "providers.hpp"

// What every key provider promises of keys that somebody else made.
namespace twinkeep::crypto {

namespace {

using openssl::bn_ctx_ptr;
using openssl::bn_ptr;
using test::copy_of;
using test::counted;
using test::jwk_of;
using test::providers;
using test::secret;

// Making RSA keys takes long: once for all cases.
const generated_key& rsa_key() {
  static const auto key = test::must(make_openssl_provider()->generate({}));
  return key;
}
const generated_key& ec_key(curve crv) {
  static std::vector<std::pair<curve, generated_key>> made;
  for (const auto& [of, key] : made) {
    if (of == crv) return key;
  }
  key_spec spec;
  spec.type = key_type::ec;
  spec.crv = crv;
  made.reserve(4);
  return made.emplace_back(crv, test::must(make_openssl_provider()->generate(spec))).second;
}

constexpr curve curves[]{curve::p256, curve::p256k, curve::p384, curve::p521};

private_jwk without_factors(private_jwk jwk) {
  for (const auto part :
       {&private_jwk::p, &private_jwk::q, &private_jwk::dp, &private_jwk::dq, &private_jwk::qi}) {
    jwk.*part = {};
  }
  return jwk;
}

bytes zero_led(byte_view data, std::size_t zeros) {
  bytes out(zeros);
  out.insert(out.end(), data.begin(), data.end());
  return out;
}

// As if generated here: same numbers, loads, and what it signs the old public half verifies.
template <class Provider>
void serves_like(const public_key& pub, const private_jwk& jwk) {
  const auto provider = Provider::make();
  const auto imported = test::must(provider->import_key(jwk));
  BOOST_TEST((imported.pub.type == pub.type && imported.pub.crv == pub.crv));
  BOOST_TEST((imported.pub.n == pub.n && imported.pub.e == pub.e));
  BOOST_TEST((imported.pub.x == pub.x && imported.pub.y == pub.y));
  const auto pair = test::must(provider->load(imported.material.view()));
  const auto public_half = test::must(provider->load_public(pub));
  int met = 0;
  for (const auto& alg : algorithms()) {
    if (!check_fit(pub, alg)) continue;
    ++met;
    if (alg.signs()) {
      const auto digest = counted(alg.digest_bytes == 0 ? 32 : alg.digest_bytes);
      const auto signature = test::must(pair->sign(alg, digest));
      BOOST_TEST(test::must(public_half->verify(alg, digest, signature)));
    } else {
      const auto out = test::must(public_half->encrypt(alg, {.text = counted(20)}));
      const auto plain = test::must(pair->decrypt(alg, {.text = out.text}));
      BOOST_TEST(test::equal(plain.view(), counted(20)));
    }
  }
  BOOST_TEST(met == (pub.type == key_type::rsa ? 10 : 1));
}

template <class Provider>
std::string refusal(const private_jwk& jwk, error_code code = error_code::bad_input) {
  const auto imported = Provider::make()->import_key(jwk);
  if (imported.ok()) return "imported";
  BOOST_TEST((imported.error().code == code), imported.error().message);
  return imported.error().message;
}

bn_ptr prime_after(const BIGNUM& number, BN_ULONG e) {
  const bn_ctx_ptr ctx{BN_CTX_new()};
  bn_ptr prime{BN_dup(&number)};
  do {
    BN_add_word(prime.get(), 2);
  } while (BN_check_prime(prime.get(), ctx.get(), nullptr) != 1 ||
           BN_mod_word(prime.get(), e) == 1);
  return prime;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(imports)

BOOST_AUTO_TEST_CASE_TEMPLATE(an_rsa_key_serves_with_its_factors_and_without, Provider, providers) {
  const auto& made = rsa_key();
  serves_like<Provider>(made.pub, jwk_of(made));
  serves_like<Provider>(made.pub, without_factors(jwk_of(made)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rsa_of_3072_bits_too, Provider, providers) {
  key_spec spec;
  spec.modulus_bits = 3072;
  const auto made = test::must(make_openssl_provider()->generate(spec));
  serves_like<Provider>(made.pub, without_factors(jwk_of(made)));
}

// RFC 8017 §3.2 takes d modulo lcm(p-1, q-1), others modulo (p-1)(q-1): greater ones serve as well.
BOOST_AUTO_TEST_CASE_TEMPLATE(any_exponent_that_decrypts_is_one, Provider, providers) {
  const bn_ctx_ptr ctx{BN_CTX_new()};
  auto jwk = jwk_of(rsa_key());
  const auto p1 = test::number(jwk.p);
  const auto q1 = test::number(jwk.q);
  const auto d = test::number(jwk.d);
  const bn_ptr gcd{BN_new()};
  const bn_ptr lcm{BN_new()};
  BN_sub_word(p1.get(), 1);
  BN_sub_word(q1.get(), 1);
  BN_gcd(gcd.get(), p1.get(), q1.get(), ctx.get());
  BN_mul(lcm.get(), p1.get(), q1.get(), ctx.get());
  BN_div(lcm.get(), nullptr, lcm.get(), gcd.get(), ctx.get());
  BN_mod(d.get(), d.get(), lcm.get(), ctx.get());
  for (int i = 0; i < 2; ++i) {
    jwk.d = secret(*d);
    serves_like<Provider>(rsa_key().pub, jwk);
    serves_like<Provider>(rsa_key().pub, without_factors(copy_of(jwk)));
    BN_add(d.get(), d.get(), lcm.get());
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(factors_come_in_either_order, Provider, providers) {
  const auto jwk = jwk_of(rsa_key());
  serves_like<Provider>(rsa_key().pub,
                        test::rsa_of(*test::number(jwk.q), *test::number(jwk.p), 65537));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(small_exponents_are_served, Provider, providers) {
  for (const unsigned e : {3u, 17u, 0x8000000bu}) {
    const auto jwk = jwk_of(rsa_key());
    const auto p = prime_after(*test::number(jwk.p), e);
    const auto q = prime_after(*test::number(jwk.q), e);
    auto other = test::rsa_of(*p, *q, e);
    public_key pub;
    pub.n = other.n;
    pub.e = other.e;
    serves_like<Provider>(pub, without_factors(std::move(other)));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(leading_zero_octets_of_rsa_numbers_are_harmless, Provider,
                              providers) {
  auto jwk = jwk_of(rsa_key());
  jwk.n = zero_led(jwk.n, 1);
  jwk.e = zero_led(jwk.e, 600);
  std::size_t zeros = 1;
  for (const auto part : {&private_jwk::d, &private_jwk::p, &private_jwk::q, &private_jwk::dp,
                          &private_jwk::dq, &private_jwk::qi}) {
    jwk.*part = secret(zero_led((jwk.*part).view(), zeros++));
  }
  serves_like<Provider>(rsa_key().pub, jwk);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(missing_rsa_numbers_are_named, Provider, providers) {
  const auto whole = jwk_of(rsa_key());
  auto jwk = copy_of(whole);
  jwk.n.clear();
  BOOST_TEST(refusal<Provider>(jwk) == "RSA key: n is missing");
  jwk = copy_of(whole);
  jwk.e.clear();
  BOOST_TEST(refusal<Provider>(jwk) == "RSA key: e is missing");
  jwk = copy_of(whole);
  jwk.d = {};
  BOOST_TEST(refusal<Provider>(jwk) == "RSA key: d is missing");
  const std::pair<secret_bytes private_jwk::*, std::string> parts[]{{&private_jwk::p, "p"},
                                                                    {&private_jwk::q, "q"},
                                                                    {&private_jwk::dp, "dp"},
                                                                    {&private_jwk::dq, "dq"},
                                                                    {&private_jwk::qi, "qi"}};
  for (const auto& [part, name] : parts) {
    jwk = copy_of(whole);
    jwk.*part = {};
    BOOST_TEST(refusal<Provider>(jwk).ends_with(" without " + name));
    jwk = without_factors(copy_of(whole));
    jwk.*part = secret(counted(128));
    BOOST_TEST(refusal<Provider>(jwk).find("found " + name + " without") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(weak_public_numbers_are_refused, Provider, providers) {
  const auto whole = jwk_of(rsa_key());
  auto jwk = copy_of(whole);
  jwk.n.back() &= 0xfe;
  BOOST_TEST(refusal<Provider>(jwk) == "RSA key: n is even");
  for (const bytes& e : {bytes{0}, bytes{1}, bytes{0, 0, 1}, bytes{2}, bytes{1, 0, 0}}) {
    jwk = copy_of(whole);
    jwk.e = e;
    BOOST_TEST(refusal<Provider>(jwk) == "RSA key: expected e to be odd and greater than 1");
  }
  jwk.e = bytes(9, 1);
  BOOST_TEST(refusal<Provider>(jwk) == "RSA key: expected e of at most 64 bits, found 65 bits");
  jwk.e = bytes(513, 1);
  BOOST_TEST(refusal<Provider>(jwk) == "RSA key: expected e of at most 512 bytes, found 513 bytes");
  jwk = copy_of(whole);
  for (const std::size_t size : {1u, 128u, 255u, 257u}) {
    jwk.n = bytes(size, 0xff);
    refusal<Provider>(jwk, error_code::unsupported);
  }
  jwk.n = bytes(513, 0xff);
  refusal<Provider>(jwk);
  jwk.n = whole.n;
  jwk.n.front() = 0x7f;  // 2047 bits
  BOOST_TEST(refusal<Provider>(jwk, error_code::unsupported) ==
             "RSA key: expected n of 2048, 3072 or 4096 bits, found 2047");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_private_exponent_that_is_none_is_refused, Provider, providers) {
  const auto whole = jwk_of(rsa_key());
  bytes foreign(whole.d.view().begin(), whole.d.view().end());
  foreign[foreign.size() / 2] ^= 1;
  for (const bool has_factors : {true, false}) {
    auto jwk = has_factors ? copy_of(whole) : without_factors(copy_of(whole));
    for (const bytes& d : {bytes{0}, bytes(256), bytes{2}, whole.n, bytes(257, 0xff)}) {
      jwk.d = secret(d);
      BOOST_TEST(refusal<Provider>(jwk) == "RSA key: expected d to be odd and less than n");
    }
    for (const bytes& d : {bytes{1}, bytes{3}, foreign}) {
      jwk.d = secret(d);
      BOOST_TEST(refusal<Provider>(jwk) == "RSA key: d does not belong to n and e");
    }
    jwk.d = copy_of(whole).d;
    jwk.e = {3};
    BOOST_TEST(refusal<Provider>(jwk) == "RSA key: d does not belong to n and e");
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(factors_of_another_key_are_refused, Provider, providers) {
  const auto whole = jwk_of(rsa_key());
  const auto changed = [&](secret_bytes private_jwk::*part) {
    auto jwk = copy_of(whole);
    (jwk.*part).writable().back() ^= 2;
    return refusal<Provider>(jwk);
  };
  BOOST_TEST(changed(&private_jwk::p) == "RSA key: n is not the product of p and q");
  BOOST_TEST(changed(&private_jwk::q) == "RSA key: n is not the product of p and q");
  BOOST_TEST(changed(&private_jwk::dp) == "RSA key: dp does not belong to d");
  BOOST_TEST(changed(&private_jwk::dq) == "RSA key: dq does not belong to d");
  BOOST_TEST(changed(&private_jwk::qi) == "RSA key: qi does not belong to p and q");
  auto jwk = copy_of(whole);
  std::swap(jwk.p, jwk.q);
  refusal<Provider>(jwk);
  jwk = copy_of(whole);
  jwk.p = secret(bytes{1});
  jwk.q = secret(jwk.n);
  BOOST_TEST(refusal<Provider>(jwk) == "RSA key: expected p of 1024 bits, half of n, found 1");
}

// All the arithmetic is right but for one thing.
BOOST_AUTO_TEST_CASE_TEMPLATE(weak_factors_are_refused, Provider, providers) {
  const auto whole = jwk_of(rsa_key());
  const auto p = test::number(whole.p);
  const auto q = test::number(whole.q);
  const std::string close = "RSA key: p and q are too close to one another";
  auto same = test::rsa_of(*p, *p, 65537);
  BOOST_TEST(refusal<Provider>(same) == close);
  refusal<Provider>(without_factors(std::move(same)));
  auto near = test::rsa_of(*prime_after(*p, 65537), *p, 65537);
  BOOST_TEST(refusal<Provider>(near) == close);
  BOOST_TEST(refusal<Provider>(without_factors(std::move(near))) == close);

  const bn_ptr composite{BN_dup(p.get())};
  const bn_ctx_ptr ctx{BN_CTX_new()};
  do {
    BN_add_word(composite.get(), 2);
  } while (BN_check_prime(composite.get(), ctx.get(), nullptr) == 1 ||
           BN_mod_word(composite.get(), 65537) == 1);
  BOOST_TEST(refusal<Provider>(test::rsa_of(*composite, *q, 65537)) == "RSA key: p not prime");
  BOOST_TEST(refusal<Provider>(test::rsa_of(*q, *composite, 65537)) == "RSA key: q not prime");
}

// A prime modulus has no factors to find, though its d is right. It ends, and with an answer.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_modulus_of_another_kind_is_refused, Provider, providers) {
  const bn_ctx_ptr ctx{BN_CTX_new()};
  const auto n = prime_after(*test::number(secret(rsa_key().pub.n)), 65537);
  const bn_ptr order{BN_new()};
  const bn_ptr e{BN_new()};
  BN_set_word(e.get(), 65537);
  BN_sub(order.get(), n.get(), BN_value_one());
  const bn_ptr d{BN_mod_inverse(nullptr, e.get(), order.get(), ctx.get())};
  BOOST_REQUIRE(d != nullptr);
  private_jwk jwk;
  jwk.n = test::octets(*n);
  jwk.e = test::octets(*e);
  jwk.d = secret(*d);
  BOOST_TEST(refusal<Provider>(jwk) == "RSA key: n, e and d do not lead to two primes");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_ec_key_serves, Provider, providers) {
  for (const auto crv : curves) serves_like<Provider>(ec_key(crv).pub, jwk_of(ec_key(crv)));
}

// Half of all coordinates on P-521 begin with a zero octet.
BOOST_AUTO_TEST_CASE_TEMPLATE(ec_numbers_may_be_short_or_zero_led, Provider, providers) {
  key_spec spec;
  spec.type = key_type::ec;
  spec.crv = curve::p521;
  auto made = test::must(make_openssl_provider()->generate(spec));
  while (made.pub.x.front() != 0 || made.pub.y.front() != 0) {
    made = test::must(make_openssl_provider()->generate(spec));
  }
  auto jwk = jwk_of(made);
  jwk.x = test::without_leading_zeros(jwk.x);
  jwk.y = test::without_leading_zeros(jwk.y);
  BOOST_TEST(jwk.x.size() < 66u);
  serves_like<Provider>(made.pub, jwk);
  jwk.x = zero_led(jwk.x, 3);
  jwk.y = zero_led(jwk.y, 600);
  jwk.d = secret(zero_led(jwk.d.view(), 5));
  serves_like<Provider>(made.pub, jwk);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(points_off_their_curve_are_refused, Provider, providers) {
  const std::string off = "EC key: x and y: ";
  for (const auto crv : curves) {
    const auto whole = jwk_of(ec_key(crv));
    auto jwk = copy_of(whole);
    jwk.y.back() ^= 1;
    BOOST_TEST(refusal<Provider>(jwk).starts_with(off));
    jwk = copy_of(whole);
    std::swap(jwk.x, jwk.y);
    BOOST_TEST(refusal<Provider>(jwk).starts_with(off));
    jwk = copy_of(whole);
    jwk.x = jwk.y = {0};  // what the point at infinity is taken for
    BOOST_TEST(refusal<Provider>(jwk).starts_with(off));
    jwk.x = jwk.y = bytes(facts_of(crv).coordinate_bytes, 0xff);  // beyond the field
    BOOST_TEST(refusal<Provider>(jwk).starts_with(off));
    jwk.x = bytes(facts_of(crv).coordinate_bytes + 1, 1);
    const auto width = std::to_string(facts_of(crv).coordinate_bytes);
    BOOST_TEST(refusal<Provider>(jwk).starts_with("EC key: expected x of at most " + width));
  }
  auto other = jwk_of(ec_key(curve::p256));
  other.crv = curve::p256k;
  BOOST_TEST(refusal<Provider>(other).starts_with(off));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(d_is_in_range_and_belongs_to_the_point, Provider, providers) {
  const bn_ctx_ptr ctx{BN_CTX_new()};
  for (const auto crv : curves) {
    const auto& name = facts_of(crv).openssl_name;
    const int nist = EC_curve_nist2nid(name.data());
    const openssl::ec_group_ptr group{
        EC_GROUP_new_by_curve_name(nist != NID_undef ? nist : OBJ_txt2nid(name.data()))};
    BOOST_REQUIRE(group != nullptr);
    const auto* order = EC_GROUP_get0_order(group.get());
    const auto whole = jwk_of(ec_key(crv));
    const bn_ptr beyond{BN_new()};  // d + order: the same point, were it allowed
    BN_add(beyond.get(), test::number(whole.d).get(), order);
    auto jwk = copy_of(whole);
    for (const bytes& d : {bytes{0}, bytes(20), test::octets(*order), test::octets(*beyond)}) {
      jwk.d = secret(d);
      BOOST_TEST(refusal<Provider>(jwk).starts_with("EC key: expected d "));
    }
    const bn_ptr negative{BN_new()};  // order - d: the point's mirror image
    BN_sub(negative.get(), order, test::number(whole.d).get());
    for (const bytes& d : {bytes{1}, test::octets(*negative)}) {
      jwk.d = secret(d);
      BOOST_TEST(refusal<Provider>(jwk) == "EC key: d does not belong to x and y");
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(missing_ec_numbers_are_named, Provider, providers) {
  const auto whole = jwk_of(ec_key(curve::p256));
  auto jwk = copy_of(whole);
  jwk.x.clear();
  BOOST_TEST(refusal<Provider>(jwk) == "EC key: x is missing");
  jwk = copy_of(whole);
  jwk.y.clear();
  BOOST_TEST(refusal<Provider>(jwk) == "EC key: y is missing");
  jwk = copy_of(whole);
  jwk.d = {};
  BOOST_TEST(refusal<Provider>(jwk) == "EC key: d is missing");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(symmetric_keys_have_one_of_three_sizes, Provider, providers) {
  private_jwk jwk;
  jwk.type = key_type::oct;
  BOOST_TEST(refusal<Provider>(jwk) == "symmetric key: k is missing");
  for (const std::size_t size : {1u, 15u, 17u, 31u, 33u, 64u}) {
    jwk.k = secret(counted(size));
    refusal<Provider>(jwk, error_code::unsupported);
  }
  for (const std::size_t size : {16u, 24u, 32u}) {
    jwk.k = secret(bytes(size));  // zero octets are part of a key
    const auto imported = test::must(Provider::make()->import_key(jwk));
    BOOST_TEST(imported.pub.octet_bits == 8 * size);
    const auto key = test::must(Provider::make()->load(imported.material.view()));
    const auto& wrap = *find_algorithm("CKM_AES_KEY_WRAP");
    const auto out = test::must(key->encrypt(wrap, {.text = counted(16)}));
    BOOST_TEST(out.text.size() == 24u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
