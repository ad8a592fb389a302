#include <array>
#include <set>
#include <vector>

#include "providers.hpp"

// What every key provider promises.
namespace twinkeep::crypto {

namespace {

using test::counted;
using test::providers;

constexpr std::array specs{
    key_spec{key_type::rsa, 2048, {}},      key_spec{key_type::rsa, 3072, {}},
    key_spec{key_type::ec, 0, curve::p256}, key_spec{key_type::ec, 0, curve::p256k},
    key_spec{key_type::ec, 0, curve::p384}, key_spec{key_type::ec, 0, curve::p521}};

// Making RSA keys takes long: once for all cases, and no private half is ever changed by use.
template <class Provider>
const std::vector<generated_key>& generated() {
  static const auto keys = [] {
    std::vector<generated_key> made;
    for (const auto& spec : specs) made.push_back(test::must(Provider::make()->generate(spec)));
    return made;
  }();
  return keys;
}

template <class Provider>
const generated_key& rsa_key() {
  return generated<Provider>().front();
}

template <class Provider>
const generated_key& p256_key() {
  return generated<Provider>().at(2);
}

std::size_t signature_bytes(const public_key& pub) {
  return pub.type == key_type::rsa ? pub.modulus_bytes() : 2 * facts_of(pub.crv).coordinate_bytes;
}

std::size_t longest_input(const public_key& pub, const algorithm& alg) {
  return alg.digest_bytes != 0 ? alg.digest_bytes : pub.modulus_bytes() - alg.rsa_overhead_bytes;
}

// `check(alg, pub, pair, public_half)` for every generated key and what it fits.
template <class Provider, class Check>
void for_every_fit(bool signatures, Check check) {
  std::set<std::string_view> met;
  const auto provider = Provider::make();
  for (const auto& made : generated<Provider>()) {
    const auto pair = test::must(provider->load(made.material.view()));
    const auto public_half = test::must(provider->load_public(made.pub));
    for (const auto& alg : algorithms()) {
      if (alg.signs() != signatures || !check_fit(made.pub, alg)) continue;
      met.insert(alg.name);
      BOOST_TEST_CONTEXT(alg.name << ", " << signature_bytes(made.pub) << " bytes") {
        check(alg, made.pub, *pair, *public_half);
      }
    }
  }
  BOOST_TEST(met.size() == (signatures ? 11u : 3u));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(key_providers)

BOOST_AUTO_TEST_CASE_TEMPLATE(public_numbers_have_their_width, Provider, providers) {
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const auto& pub = generated<Provider>()[i].pub;
    BOOST_TEST((pub.type == specs[i].type));
    if (pub.type == key_type::rsa) {
      BOOST_TEST(pub.n.size() * 8 == specs[i].modulus_bits);
      BOOST_TEST((pub.n.front() & 0x80) != 0);
      BOOST_TEST((pub.e == bytes{1, 0, 1}));
    } else {
      BOOST_TEST((pub.crv == specs[i].crv));
      BOOST_TEST(pub.x.size() == facts_of(pub.crv).coordinate_bytes);
      BOOST_TEST(pub.y.size() == facts_of(pub.crv).coordinate_bytes);
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_signed_verifies_and_nothing_else_does, Provider, providers) {
  for_every_fit<Provider>(true,
                          [](const auto& alg, const auto& pub, auto& pair, auto& public_half) {
                            // Often enough that an r or s with leading zero octets comes by (once
                            // in 128).
                            const int rounds = alg.scheme == scheme::ecdsa ? 300 : 3;
                            for (int i = 0; i < rounds; ++i) {
                              auto digest = counted(longest_input(pub, alg));
                              digest[1] = static_cast<std::uint8_t>(i);
                              const auto signature = test::must(pair.sign(alg, digest));
                              BOOST_TEST(signature.size() == signature_bytes(pub));
                              BOOST_TEST(test::must(public_half.verify(alg, digest, signature)));
                              if (i > 2) continue;
                              BOOST_TEST(test::must(pair.verify(alg, digest, signature)));
                              digest[0] ^= 1;
                              BOOST_TEST(!test::must(public_half.verify(alg, digest, signature)));
                            }
                          });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_signature_of_any_length_is_judged_and_no_error, Provider,
                              providers) {
  for_every_fit<Provider>(true, [](const auto& alg, const auto& pub, auto& pair, auto&) {
    const auto digest = counted(longest_input(pub, alg));
    const auto signature = test::must(pair.sign(alg, digest));
    for (auto wrong : {bytes{}, bytes{0}, bytes(signature.size()), bytes(signature.size(), 0xff),
                       bytes(signature.begin(), signature.end() - 1), bytes(5000, 1)}) {
      BOOST_TEST(!test::must(pair.verify(alg, digest, wrong)));
    }
    for (const auto at : {signature.begin(), signature.end()}) {
      auto longer = signature;
      longer.insert(longer.begin() + (at - signature.begin()), 0);
      BOOST_TEST(!test::must(pair.verify(alg, digest, longer)));
    }
    auto changed = signature;
    changed.back() ^= 1;
    BOOST_TEST(!test::must(pair.verify(alg, digest, changed)));
    BOOST_TEST(test::must(pair.verify(alg, digest, signature)));
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_signature_of_one_algorithm_is_none_of_another, Provider,
                              providers) {
  const auto key = test::must(Provider::make()->load(rsa_key<Provider>().material.view()));
  const auto digest = counted(32);
  const auto signature = test::must(key->sign(*find_algorithm("RS256"), digest));
  BOOST_TEST(!test::must(key->verify(*find_algorithm("PS256"), digest, signature)));
  BOOST_TEST(!test::must(key->verify(*find_algorithm("RSNULL"), digest, signature)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_encrypted_decrypts, Provider, providers) {
  for_every_fit<Provider>(
      false, [](const auto& alg, const auto& pub, auto& pair, auto& public_half) {
        for (const std::size_t size :
             {std::size_t{0}, std::size_t{1}, std::size_t{32}, longest_input(pub, alg)}) {
          const auto plain = counted(size);
          const auto first = test::must(public_half.encrypt(alg, {.text = plain})).text;
          const auto second = test::must(pair.encrypt(alg, {.text = plain})).text;
          BOOST_TEST(first.size() == pub.modulus_bytes());
          BOOST_TEST((first != second));
          for (const auto& ciphertext : {first, second}) {
            const auto opened = test::must(pair.decrypt(alg, {.text = ciphertext}));
            BOOST_TEST(test::equal(opened.view(), plain));
          }
        }
      });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_failed_decryption_looks_the_same, Provider, providers) {
  for_every_fit<Provider>(false, [](const auto& alg, const auto& pub, auto& pair, auto&) {
    const auto size = pub.modulus_bytes();
    auto ciphertext = test::must(pair.encrypt(alg, {.text = counted(16)})).text;
    ciphertext.back() ^= 1;
    const auto first = pair.decrypt(alg, {.text = ciphertext});
    BOOST_REQUIRE(test::failed_with(first, error_code::refused));
    for (const auto& wrong : {bytes{}, bytes(1), bytes(size), bytes(size, 0xff), pub.n,
                              bytes(size - 1, 1), bytes(size + 1, 1)}) {
      const auto plain = pair.decrypt(alg, {.text = wrong});
      BOOST_REQUIRE(test::failed_with(plain, error_code::refused));
      BOOST_TEST(plain.error().message == first.error().message);
    }
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_wrong_length_is_bad_input, Provider, providers) {
  for (const bool signatures : {true, false}) {
    for_every_fit<Provider>(signatures, [](const auto& alg, const auto& pub, auto& pair, auto&) {
      const auto too_long = counted(longest_input(pub, alg) + 1);
      if (!alg.signs()) {
        BOOST_TEST(test::failed_with(pair.encrypt(alg, {.text = too_long}), error_code::bad_input));
        return;
      }
      BOOST_TEST(test::failed_with(pair.sign(alg, too_long), error_code::bad_input));
      BOOST_TEST(test::failed_with(pair.verify(alg, too_long, bytes(8)), error_code::bad_input));
      if (alg.digest_bytes == 0) return;
      for (const std::size_t size : {std::size_t{0}, std::size_t{alg.digest_bytes - 1}}) {
        BOOST_TEST(test::failed_with(pair.sign(alg, counted(size)), error_code::bad_input));
      }
    });
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_algorithm_that_does_not_fit_is_bad_input, Provider, providers) {
  const auto provider = Provider::make();
  const auto rsa = test::must(provider->load(rsa_key<Provider>().material.view()));
  const auto ec = test::must(provider->load(p256_key<Provider>().material.view()));
  const auto refuses_all = [](key& key, std::string_view name) {
    const auto& alg = *find_algorithm(name);
    const auto digest = counted(32);
    return test::failed_with(key.sign(alg, digest), error_code::bad_input) &&
           test::failed_with(key.verify(alg, digest, digest), error_code::bad_input) &&
           test::failed_with(key.encrypt(alg, {.text = digest}), error_code::bad_input) &&
           test::failed_with(key.decrypt(alg, {.text = digest}), error_code::bad_input);
  };
  BOOST_TEST(refuses_all(*rsa, "ES256"));
  BOOST_TEST(refuses_all(*ec, "RS256"));
  BOOST_TEST(refuses_all(*ec, "ES256K"));
  BOOST_TEST(refuses_all(*ec, "RSA-OAEP"));
  const auto& oaep = *find_algorithm("RSA-OAEP");
  const auto& rs256 = *find_algorithm("RS256");
  BOOST_TEST(test::failed_with(rsa->sign(oaep, counted(32)), error_code::bad_input));
  BOOST_TEST(test::failed_with(rsa->encrypt(rs256, {.text = counted(32)}), error_code::bad_input));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_public_key_neither_signs_nor_decrypts, Provider, providers) {
  const auto provider = Provider::make();
  const auto rsa = test::must(provider->load_public(rsa_key<Provider>().pub));
  const auto ec = test::must(provider->load_public(p256_key<Provider>().pub));
  BOOST_TEST(!rsa->sign(*find_algorithm("RS256"), counted(32)).ok());
  BOOST_TEST(!rsa->decrypt(*find_algorithm("RSA-OAEP"), {.text = counted(256)}).ok());
  BOOST_TEST(!ec->sign(*find_algorithm("ES256"), counted(32)).ok());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(numbers_that_are_no_key_are_refused, Provider, providers) {
  const auto provider = Provider::make();
  const auto& ec = p256_key<Provider>().pub;
  auto off_curve = ec;
  off_curve.y.back() ^= 1;
  auto short_x = ec;
  short_x.x.pop_back();
  auto wrong_curve = ec;
  wrong_curve.crv = curve::p256k;
  auto nothing = ec;
  nothing.x.clear();
  nothing.y.clear();
  for (const auto& pub : {off_curve, short_x, wrong_curve, nothing}) {
    BOOST_TEST(test::failed_with(provider->load_public(pub), error_code::bad_input));
  }
  const auto& rsa = rsa_key<Provider>().pub;
  auto even = rsa;
  even.n.back() &= 0xfe;
  auto exponent_one = rsa;
  exponent_one.e = {1};
  auto no_exponent = rsa;
  no_exponent.e.clear();
  auto weak = rsa;
  weak.n.resize(128);
  weak.n.back() |= 1;
  auto huge = rsa;
  huge.n.resize(4096, 1);
  for (const auto& pub : {even, exponent_one, no_exponent, weak, huge, public_key{}}) {
    BOOST_TEST(!provider->load_public(pub).ok());
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(leading_zero_octets_of_a_modulus_are_harmless, Provider, providers) {
  const auto provider = Provider::make();
  auto pub = rsa_key<Provider>().pub;
  pub.n.insert(pub.n.begin(), 0);
  const auto padded = test::must(provider->load_public(pub));
  const auto pair = test::must(provider->load(rsa_key<Provider>().material.view()));
  const auto& alg = *find_algorithm("RS256");
  const auto signature = test::must(pair->sign(alg, counted(32)));
  BOOST_TEST(test::must(padded->verify(alg, counted(32), signature)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(damaged_material_is_corrupt, Provider, providers) {
  const auto provider = Provider::make();
  const auto material = rsa_key<Provider>().material.view();
  BOOST_TEST(test::failed_with(provider->load({}), error_code::corrupt));
  BOOST_TEST(
      test::failed_with(provider->load(material.first(material.size() - 1)), error_code::corrupt));
  bytes longer(material.begin(), material.end());
  longer.push_back(0);
  BOOST_TEST(test::failed_with(provider->load(longer), error_code::corrupt));
  BOOST_TEST(test::failed_with(provider->load(as_bytes("no key")), error_code::corrupt));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(other_sizes_are_not_generated, Provider, providers) {
  for (const unsigned bits : {0u, 512u, 1024u, 2047u, 2049u, 8192u}) {
    BOOST_TEST(test::failed_with(Provider::make()->generate({key_type::rsa, bits, {}}),
                                 error_code::unsupported));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
