#include <set>
#include <vector>

#include "providers.hpp"

// What every key provider promises of symmetric keys.
namespace twinkeep::crypto {

namespace {

using test::counted;
using test::providers;

constexpr unsigned sizes[]{128, 192, 256};

template <class Provider>
generated_key made(unsigned bits) {
  key_spec spec;
  spec.type = key_type::oct;
  spec.octet_bits = bits;
  return test::must(Provider::make()->generate(spec));
}

template <class Provider>
std::unique_ptr<key> key_of(std::string_view hex) {
  private_jwk jwk;
  jwk.type = key_type::oct;
  jwk.k = secret_bytes::copy_of(hex_decode(hex).value());
  const auto imported = test::must(Provider::make()->import_key(jwk));
  return test::must(Provider::make()->load(imported.material.view()));
}

bool has_iv(const algorithm& alg) {
  return !alg.wraps_only();
}
bool has_tag(const algorithm& alg) {
  return alg.scheme == scheme::aes_gcm;
}

const bytes aad{'a', 'a', 'd'};
const bytes block(16, 0x5a);

cipher_input input(const algorithm& alg, byte_view text) {
  cipher_input in;
  in.text = text;
  if (has_iv(alg)) in.iv = block;
  if (has_tag(alg)) in.aad = aad;
  return in;
}
cipher_input answer(const algorithm& alg, const cipher_output& out) {
  return {.text = out.text, .iv = out.iv, .aad = has_tag(alg) ? aad : byte_view{}, .tag = out.tag};
}

bool is_allowed(const algorithm& alg, std::size_t size) {
  switch (alg.scheme) {
    case scheme::aes_cbc:
      return size != 0 && size % 16 == 0;
    case scheme::aes_key_wrap:
      return size >= 16 && size % 8 == 0;
    case scheme::aes_key_wrap_pad:
      return size != 0;
    default:
      return true;
  }
}

std::size_t sent(const algorithm& alg, std::size_t size) {
  switch (alg.scheme) {
    case scheme::aes_cbc_pad:
      return (size / 16 + 1) * 16;
    case scheme::aes_key_wrap:
      return size + 8;
    case scheme::aes_key_wrap_pad:
      return (size + 7) / 8 * 8 + 8;
    default:
      return size;
  }
}

// `check(alg, key)` for a key of every size and what it fits.
template <class Provider, class Check>
void for_every_fit(Check check) {
  std::set<std::string_view> met;
  for (const auto bits : sizes) {
    const auto generated = made<Provider>(bits);
    const auto key = test::must(Provider::make()->load(generated.material.view()));
    for (const auto& alg : algorithms()) {
      if (!check_fit(generated.pub, alg)) continue;
      met.insert(alg.name);
      BOOST_TEST_CONTEXT(alg.name << ", " << bits << " bits") {
        check(alg, *key);
      }
    }
  }
  BOOST_TEST(met.size() == 14u);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(symmetric_keys)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_key_has_a_size_and_no_public_half, Provider, providers) {
  for (const auto bits : sizes) {
    const auto first = made<Provider>(bits);
    BOOST_TEST((first.pub.type == key_type::oct));
    BOOST_TEST(first.pub.octet_bits == bits);
    BOOST_TEST((first.pub.n.empty() && first.pub.e.empty()));
    BOOST_TEST((first.pub.x.empty() && first.pub.y.empty()));
    BOOST_TEST(!test::equal(first.material.view(), made<Provider>(bits).material.view()));
    BOOST_TEST(test::failed_with(Provider::make()->load_public(first.pub), error_code::bad_input));
  }
  key_spec spec;
  spec.type = key_type::oct;
  for (const unsigned bits : {0u, 8u, 127u, 129u, 160u, 512u}) {
    spec.octet_bits = bits;
    BOOST_TEST(test::failed_with(Provider::make()->generate(spec), error_code::unsupported));
  }
}

BOOST_AUTO_TEST_CASE(material_is_told_from_pkcs8_by_its_first_octet) {
  const key_spec spec{key_type::oct, 0, curve::p256, 192};
  const auto material = test::must(make_openssl_provider()->generate(spec)).material;
  BOOST_TEST(material.size() == 25u);
  BOOST_TEST(material.view().front() == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(damaged_material_is_corrupt, Provider, providers) {
  const auto material = made<Provider>(128).material;
  bytes longer(material.view().begin(), material.view().end());
  longer.push_back(0);
  for (const auto wrong :
       {byte_view{longer}, material.view().first(16), material.view().first(1)}) {
    BOOST_TEST(test::failed_with(Provider::make()->load(wrong), error_code::corrupt));
  }
}

// Interleaved and repeated, so that a context that kept something of the last text is found out.
BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_encrypted_decrypts, Provider, providers) {
  for_every_fit<Provider>([](const auto& alg, auto& key) {
    for (const std::size_t size : {0, 1, 7, 8, 15, 16, 17, 24, 31, 32, 33, 64, 1000, 4096, 16}) {
      if (!is_allowed(alg, size)) continue;
      const auto plain = counted(size);
      const auto first = test::must(key.encrypt(alg, input(alg, plain)));
      BOOST_TEST(first.text.size() == sent(alg, size));
      BOOST_TEST(first.tag.size() == (has_tag(alg) ? 16u : 0u));
      BOOST_TEST(first.iv.size() == (has_tag(alg) ? 12u : has_iv(alg) ? 16u : 0u));
      const auto opened = test::must(key.decrypt(alg, answer(alg, first)));
      BOOST_TEST(test::equal(opened.view(), plain));
      auto changed = first;
      (has_tag(alg) ? changed.tag : changed.text).back() ^= 1;
      const auto ignored = key.decrypt(alg, answer(alg, changed));  // CBC cannot tell
      const auto again = test::must(key.decrypt(alg, answer(alg, first)));
      BOOST_TEST(test::equal(again.view(), plain));
    }
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(gcm_makes_an_iv_of_its_own_each_time, Provider, providers) {
  const auto key = key_of<Provider>("000102030405060708090a0b0c0d0e0f");
  const auto& alg = *find_algorithm("A128GCM");
  const bytes mine(12, 7);
  std::set<bytes> ivs{mine};
  for (int i = 0; i < 100; ++i) {
    const auto out = test::must(key->encrypt(alg, {.text = block, .iv = mine}));
    BOOST_TEST(ivs.insert(out.iv).second);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(gcm_binds_text_tag_iv_and_aad, Provider, providers) {
  const auto key = key_of<Provider>("000102030405060708090a0b0c0d0e0f1011121314151617");
  const auto& alg = *find_algorithm("A192GCM");
  const auto out = test::must(key->encrypt(alg, {.text = block, .aad = aad}));
  const auto right = answer(alg, out);
  BOOST_TEST(key->decrypt(alg, right).ok());
  const auto refuses = [&](cipher_input in) {
    return test::failed_with(key->decrypt(alg, in), error_code::refused);
  };
  for (const auto part :
       {&cipher_input::text, &cipher_input::iv, &cipher_input::aad, &cipher_input::tag}) {
    bytes changed((right.*part).begin(), (right.*part).end());
    changed.front() ^= 0x80;
    auto in = right;
    in.*part = changed;
    BOOST_TEST(refuses(in));
  }
  auto in = right;
  in.aad = {};
  BOOST_TEST(refuses(in));
  in = right;
  in.text = in.text.first(15);
  BOOST_TEST(refuses(in));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(cbc_uses_the_iv_that_it_is_given, Provider, providers) {
  const auto key = key_of<Provider>("000102030405060708090a0b0c0d0e0f");
  const auto& alg = *find_algorithm("A128CBC");
  const bytes iv = counted(16);
  const auto out = test::must(key->encrypt(alg, {.text = block, .iv = iv}));
  BOOST_TEST((out.iv == iv));
  BOOST_TEST((test::must(key->encrypt(alg, {.text = block, .iv = iv})).text == out.text));
  BOOST_TEST((test::must(key->encrypt(alg, {.text = block, .iv = block})).text != out.text));
}

// RFC 5649 §6, for which there is no file of vectors.
BOOST_AUTO_TEST_CASE_TEMPLATE(padded_wrapping_is_that_of_its_rfc, Provider, providers) {
  const auto key = key_of<Provider>("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8");
  const auto& alg = *find_algorithm("CKM_AES_KEY_WRAP_PAD");
  const std::pair<std::string_view, std::string_view> examples[]{
      {"c37b7e6492584340bed12207808941155068f738",
       "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a"},
      {"466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f"}};
  for (const auto& [plain, wrapped] : examples) {
    const auto text = hex_decode(plain).value();
    BOOST_TEST(hex_encode(test::must(key->encrypt(alg, {.text = text})).text) == wrapped);
    const auto opened = test::must(key->decrypt(alg, {.text = hex_decode(wrapped).value()}));
    BOOST_TEST(test::equal(opened.view(), text));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_failed_decryption_looks_the_same, Provider, providers) {
  std::set<std::string> messages;
  for_every_fit<Provider>([&](const auto& alg, auto& key) {
    const auto out = test::must(key.encrypt(alg, input(alg, counted(32))));
    auto cut = out;
    cut.text.pop_back();
    auto longer = out;
    longer.text.push_back(0);
    auto none = out;
    none.text.clear();
    // In CBC the block before the last, so that the padding of 16 octets says 17: a last block that
    // is changed itself becomes any, and once in 256 times one with a right padding.
    auto changed = out;
    changed.text.at(changed.text.size() - (alg.scheme == scheme::aes_cbc_pad ? 17 : 1)) ^= 1;
    auto half = out;
    half.text.resize(8);
    std::vector<cipher_output> all{cut, longer, none, half};
    // To CBC without padding a changed block is another text.
    if (alg.scheme != scheme::aes_cbc) all.push_back(changed);
    for (const auto& wrong : all) {
      const auto plain = key.decrypt(alg, answer(alg, wrong));
      BOOST_REQUIRE(test::failed_with(plain, error_code::refused));
      messages.insert(plain.error().message);
    }
  });
  BOOST_TEST(messages.size() == 1u, "refusals tell their reason");
}

// Every last octet, and paddings that are right in it alone: an oracle would tell some apart.
BOOST_AUTO_TEST_CASE_TEMPLATE(bad_padding_is_like_any_other_failure, Provider, providers) {
  const auto key = key_of<Provider>("000102030405060708090a0b0c0d0e0f");
  const auto& raw = *find_algorithm("A128CBC");
  const auto& padded = *find_algorithm("A128CBCPAD");
  std::set<std::string> messages;
  int accepted = 0;
  for (int last = 0; last < 256; ++last) {
    bytes text(16, 0xee);
    text.back() = static_cast<std::uint8_t>(last);
    const auto out = test::must(key->encrypt(raw, {.text = text, .iv = block}));
    const auto plain = key->decrypt(padded, {.text = out.text, .iv = block});
    if (plain.ok()) {
      ++accepted;
      BOOST_TEST(last == 1);
      continue;
    }
    BOOST_TEST((plain.error().code == error_code::refused));
    messages.insert(plain.error().message);
  }
  BOOST_TEST(accepted == 1);
  BOOST_TEST(messages.size() == 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_wrong_length_of_iv_or_tag_is_named, Provider, providers) {
  for_every_fit<Provider>([](const auto& alg, auto& key) {
    const auto out = test::must(key.encrypt(alg, input(alg, counted(32))));
    const auto names = [&](const auto& outcome, std::string_view what) {
      return test::failed_with(outcome, error_code::bad_input) &&
             outcome.error().message == std::string{alg.name} + ": expected " + std::string{what};
    };
    for (const std::size_t size : {0u, 11u, 13u, 15u, 17u}) {
      const auto wrong = bytes(size);
      const auto found = " bytes, found " + std::to_string(size);
      auto in = answer(alg, out);
      in.iv = wrong;
      if (!has_iv(alg)) {
        BOOST_TEST(key.decrypt(alg, in).ok());  // not looked at
        continue;
      }
      BOOST_TEST(
          names(key.decrypt(alg, in), (has_tag(alg) ? "an iv of 12" : "an iv of 16") + found));
      auto given = input(alg, block);
      given.iv = wrong;
      if (has_tag(alg)) {
        BOOST_TEST(key.encrypt(alg, given).ok());
        in = answer(alg, out);
        in.tag = wrong;
        BOOST_TEST(names(key.decrypt(alg, in), "a tag of 16" + found));
      } else {
        BOOST_TEST(names(key.encrypt(alg, given), "an iv of 16" + found));
      }
    }
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_wrong_length_of_plaintext_is_bad_input, Provider, providers) {
  for_every_fit<Provider>([](const auto& alg, auto& key) {
    for (std::size_t size = 0; size < 50; ++size) {
      const auto out = key.encrypt(alg, input(alg, counted(size)));
      BOOST_TEST(out.ok() == is_allowed(alg, size), size << " bytes");
      if (!out.ok()) BOOST_TEST((out.error().code == error_code::bad_input));
    }
    if (!alg.wraps_only()) return;
    BOOST_TEST(key.encrypt(alg, input(alg, bytes(65536))).ok());
    BOOST_TEST(
        test::failed_with(key.encrypt(alg, input(alg, bytes(65544))), error_code::bad_input));
  });
  const auto key = key_of<Provider>("000102030405060708090a0b0c0d0e0f");
  BOOST_TEST(key->encrypt(*find_algorithm("A128KW"), {.text = bytes(20)}).error().message ==
             "A128KW: expected a plaintext of a multiple of 8 and 16 to 65536 bytes, found 20");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_does_not_fit_is_bad_input, Provider, providers) {
  const auto key = key_of<Provider>("000102030405060708090a0b0c0d0e0f");
  for (const std::string_view name :
       {"RS256", "ES256", "RSA-OAEP", "A256GCM", "A192KW", "A128GCM", "CKM_AES_KEY_WRAP"}) {
    const auto& alg = *find_algorithm(name);
    const bool fits = name == "A128GCM" || name == "CKM_AES_KEY_WRAP";
    BOOST_TEST(test::failed_with(key->sign(alg, counted(32)), error_code::bad_input));
    BOOST_TEST(test::failed_with(key->verify(alg, counted(32), block), error_code::bad_input));
    if (fits) continue;
    BOOST_TEST(test::failed_with(key->encrypt(alg, {.text = block}), error_code::bad_input));
    BOOST_TEST(test::failed_with(key->decrypt(alg, {.text = block}), error_code::bad_input));
  }
  BOOST_TEST(key->encrypt(*find_algorithm("A256GCM"), {.text = block}).error().message ==
             "A256GCM needs a symmetric key of 256 bits, this is a symmetric key of 128 bits.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
