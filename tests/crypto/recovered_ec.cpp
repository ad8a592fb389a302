#include "crypto/openssl/recovered_ec.hpp"

#include "support.hpp"

// Public keys from ECDSA signatures; whether they are right, OpenSSL's verification says.
namespace twinkeep::crypto {

namespace {

// `check(alg, curve, width)` for each curve.
template <class Check>
void for_every_curve(Check check) {
  std::size_t checked = 0;
  for (const auto& alg : algorithms()) {
    if (!alg.crv) continue;
    check(alg, *alg.crv, facts_of(*alg.crv).coordinate_bytes);
    ++checked;
  }
  BOOST_TEST(checked == 4u);
}

bool verifies(const public_key& pub, const algorithm& alg, byte_view digest, byte_view signature) {
  const auto half = test::must(make_openssl_provider()->load_public(pub));
  return test::must(half->verify(alg, digest, signature));
}

bytes at_width(unsigned value, std::size_t width) {
  bytes out(width);
  out.back() = static_cast<std::uint8_t>(value);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recovered_ec)

BOOST_AUTO_TEST_CASE(the_key_that_has_signed_is_found) {
  const auto provider = make_openssl_provider();
  for_every_curve([&](const algorithm& alg, curve crv, std::size_t) {
    const auto made = test::must(provider->generate({key_type::ec, 0, crv}));
    const auto key = test::must(provider->load(made.material.view()));
    for (std::uint8_t i = 0; i < 8; ++i) {
      const bytes digest(alg.digest_bytes, static_cast<std::uint8_t>(37 * i));
      const auto signature = test::must(key->sign(alg, digest));
      const auto found = openssl::keys_that_may_have_signed(crv, digest, signature);
      BOOST_TEST(found.size() >= 2u);
      BOOST_TEST(std::ranges::count_if(found, [&](const public_key& pub) {
                   return pub.x == made.pub.x && pub.y == made.pub.y;
                 }) == 1);
    }
  });
}

// Made up: r is so small that the coordinate may be above the order, too.
BOOST_AUTO_TEST_CASE(every_key_that_is_found_verifies_the_signature) {
  for_every_curve([](const algorithm& alg, curve crv, std::size_t width) {
    const bytes digest(alg.digest_bytes, 7);
    std::size_t most = 0;
    for (unsigned r = 1; r < 40; ++r) {
      auto signature = at_width(r, width);
      const auto s = at_width(5, width);
      signature.insert(signature.end(), s.begin(), s.end());
      const auto found = openssl::keys_that_may_have_signed(crv, digest, signature);
      most = std::max(most, found.size());
      for (const auto& pub : found) BOOST_TEST(verifies(pub, alg, digest, signature));
    }
    // Every field has more numbers above the order than that.
    BOOST_TEST(most == 4u, facts_of(crv).name);
  });
}

BOOST_AUTO_TEST_CASE(what_is_no_signature_has_no_key) {
  for_every_curve([](const algorithm&, curve crv, std::size_t width) {
    const bytes digest(32, 7);
    const auto none = [&](const bytes& signature) {
      return openssl::keys_that_may_have_signed(crv, digest, signature).empty();
    };
    BOOST_TEST(none({}));
    BOOST_TEST(none(bytes(2 * width)));
    BOOST_TEST(none(bytes(2 * width - 1, 1)));
    BOOST_TEST(none(bytes(2 * width, 0xff)));
    auto half = at_width(1, width);
    half.resize(2 * width);
    BOOST_TEST(none(half));
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
