#include <openssl/pkcs12.h>

#include <array>
#include <random>

#include "vault_certificates_kit.hpp"

// Files that want to crash the service or to keep it busy.
namespace twinkeep::crypto {

using test::read_fixture;
using test::refused;

namespace {

constexpr std::string_view password = "p\xc3\xa4ssw\xc3\xb6rd \xe2\x82\xac";
constexpr int too_many = max_pkcs12_iterations + 1;

using file_ptr = openssl::handle<PKCS12, PKCS12_free>;
using pbe_ptr = openssl::handle<X509_ALGOR, X509_ALGOR_free>;
void free_parts(STACK_OF(PKCS7) * parts) {
  sk_PKCS7_pop_free(parts, PKCS7_free);
}
using parts_ptr = openssl::handle<STACK_OF(PKCS7), free_parts>;

file_ptr parsed_file(const bytes& der) {
  const auto* at = der.data();
  file_ptr file{d2i_PKCS12(nullptr, &at, static_cast<long>(der.size()))};
  BOOST_REQUIRE(file != nullptr);
  return file;
}
bytes der_of(const PKCS12& file) {
  bytes der(static_cast<std::size_t>(i2d_PKCS12(&file, nullptr)));
  auto* at = der.data();
  i2d_PKCS12(&file, &at);
  return der;
}

// modern.pfx with another count for its MAC, which then fits no password any more.
bytes with_mac_iterations(std::int64_t count) {
  const auto file = parsed_file(read_fixture("modern.pfx"));
  const ASN1_INTEGER* iterations = nullptr;
  PKCS12_get0_mac(nullptr, nullptr, nullptr, &iterations, file.get());
  ASN1_INTEGER_set_int64(const_cast<ASN1_INTEGER*>(iterations), count);
  return der_of(*file);
}

pbe_ptr pbkdf2_of(int iterations) {
  std::array<unsigned char, 16> salt{};
  return pbe_ptr{PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), iterations, salt.data(), salt.size(), nullptr,
                                   NID_hmacWithSHA256)};
}

// modern.pfx with `algorithm` for its certificates, under a valid MAC: only what it asks for is
// wrong.
bytes with_encryption(const X509_ALGOR& algorithm) {
  const auto file = parsed_file(read_fixture("modern.pfx"));
  const parts_ptr parts{PKCS12_unpack_authsafes(file.get())};
  auto* const part = sk_PKCS7_value(parts.get(), 0);
  BOOST_REQUIRE(PKCS7_type_is_encrypted(part));
  X509_ALGOR_copy(part->d.encrypted->enc_data->algorithm, &algorithm);
  BOOST_REQUIRE(PKCS12_pack_authsafes(file.get(), parts.get()) == 1);
  BOOST_REQUIRE(PKCS12_set_mac(file.get(), password.data(), static_cast<int>(password.size()),
                               nullptr, 0, 1, EVP_sha256()) == 1);
  return der_of(*file);
}

// A shrouded key of 64 octets of nothing.
bytes with_shrouded_key(X509_ALGOR& algorithm) {
  const auto file = parsed_file(read_fixture("modern.pfx"));
  X509_SIG* const sealed = X509_SIG_new();
  X509_ALGOR* of_sealed = nullptr;
  ASN1_OCTET_STRING* content = nullptr;
  X509_SIG_getm(sealed, &of_sealed, &content);
  X509_ALGOR_copy(of_sealed, &algorithm);
  const std::array<unsigned char, 64> octets{};
  ASN1_OCTET_STRING_set(content, octets.data(), octets.size());
  STACK_OF(PKCS12_SAFEBAG)* const bags = sk_PKCS12_SAFEBAG_new_null();
  sk_PKCS12_SAFEBAG_push(bags, PKCS12_SAFEBAG_create0_pkcs8(sealed));
  const parts_ptr parts{sk_PKCS7_new_null()};
  sk_PKCS7_push(parts.get(), PKCS12_pack_p7data(bags));
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
  PKCS12_pack_authsafes(file.get(), parts.get());
  PKCS12_set_mac(file.get(), password.data(), static_cast<int>(password.size()), nullptr, 0, 1,
                 EVP_sha256());
  return der_of(*file);
}

// All that reads what comes from a client; whatever the outcome.
void read_everything(const bytes& input) {
  (void)read_pkcs12(input, as_bytes(password)).ok();
  (void)read_pem_bundle(input).ok();
  (void)read_certificate(input).ok();
  (void)public_key_of_request(input).ok();
  (void)public_key_of_material(input).ok();
  (void)in_chain_order({input, input}).size();
}

void mutate(const bytes& valid, unsigned seed, int times) {
  std::mt19937 random{seed};
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (int i = 0; i < times; ++i) {
    auto input = valid;
    for (auto changes = 1 + below(4); changes > 0; --changes) {
      const auto at = below(input.size());
      switch (below(3)) {
        case 0:
          input[at] = static_cast<std::uint8_t>(random());
          break;
        case 1:
          input[at] ^= static_cast<std::uint8_t>(1u << below(8));
          break;
        default:
          input.erase(input.begin() + static_cast<std::ptrdiff_t>(at));
      }
    }
    read_everything(input);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile_vault_certificates)

// In well under a second: nothing is derived. 2^31 iterations would take the better part of an
// hour.
BOOST_AUTO_TEST_CASE(iterations_beyond_the_limit_are_refused_before_they_are_done) {
  for (const std::int64_t count : {std::int64_t{too_many}, std::int64_t{1} << 31,
                                   std::int64_t{1} << 62, std::int64_t{0}, std::int64_t{-1}}) {
    BOOST_TEST(refused(read_pkcs12(with_mac_iterations(count), as_bytes(password)), "iterations"),
               count);
  }
  const auto hostile = pbkdf2_of(0x7fffffff);
  BOOST_TEST(refused(read_pkcs12(with_encryption(*hostile), as_bytes(password)), "iterations"));
  BOOST_TEST(refused(read_pkcs12(with_shrouded_key(*hostile), as_bytes(password)), "iterations"));
  const pbe_ptr legacy{
      PKCS5_pbe_set(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 0x7fffffff, nullptr, 8)};
  BOOST_TEST(refused(read_pkcs12(with_encryption(*legacy), as_bytes(password)), "iterations"));
  BOOST_TEST(refused(read_pkcs12(with_shrouded_key(*legacy), as_bytes(password)), "iterations"));
}

// Each count is within the limit; together with the one iteration of the MAC the second is not.
BOOST_AUTO_TEST_CASE(iterations_count_for_the_whole_file) {
  const auto all = pbkdf2_of(1'999'999);
  BOOST_TEST(
      refused(read_pkcs12(with_encryption(*all), as_bytes(password)), "cannot be decrypted"));
  const auto too_much = pbkdf2_of(2'000'000);
  BOOST_TEST(refused(read_pkcs12(with_encryption(*too_much), as_bytes(password)), "iterations"));
}

BOOST_AUTO_TEST_CASE(other_ways_to_derive_are_refused) {
  std::array<unsigned char, 16> salt{};
  const pbe_ptr scrypt{
      PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), salt.data(), salt.size(), nullptr, 1024, 8, 16)};
  BOOST_REQUIRE(scrypt != nullptr);
  const pbe_ptr des{PKCS5_pbe_set(NID_pbeWithMD5AndDES_CBC, 1, nullptr, 8)};
  const pbe_ptr rc4{PKCS5_pbe_set(NID_pbe_WithSHA1And128BitRC4, 1, nullptr, 8)};
  for (const auto* each : {&scrypt, &des, &rc4}) {
    BOOST_TEST(refused(read_pkcs12(with_encryption(**each), as_bytes(password)), "not supported",
                       error_code::unsupported));
    BOOST_TEST(refused(read_pkcs12(with_shrouded_key(**each), as_bytes(password)), "not supported",
                       error_code::unsupported));
  }
}

BOOST_AUTO_TEST_CASE(what_was_cut_off_is_refused) {
  for (const auto* file : {"modern.pfx", "rc2.pfx", "in_the_clear.pfx"}) {
    const auto whole = read_fixture(file);
    for (std::size_t size = 0; size < whole.size(); size += 16) {
      const bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      BOOST_TEST(!read_pkcs12(part, as_bytes(password)).ok());
      read_everything(part);
    }
  }
  const auto pem = read_fixture("traditional_crlf.pem");
  for (std::size_t size = 0; size + 32 < pem.size(); size += 16) {
    const bytes part(pem.begin(), pem.begin() + static_cast<std::ptrdiff_t>(size));
    BOOST_TEST(!read_pem_bundle(part).ok());
  }
  const auto leaf = test::der_fixture("leaf.pem");
  for (std::size_t size = 0; size < leaf.size(); size += 16) {
    const bytes part(leaf.begin(), leaf.begin() + static_cast<std::ptrdiff_t>(size));
    BOOST_TEST(test::failed_with(read_certificate(part), error_code::corrupt));
  }
}

BOOST_AUTO_TEST_CASE(what_was_changed_does_no_harm) {
  mutate(read_fixture("modern.pfx"), 1, 300);
  mutate(read_fixture("in_the_clear.pfx"), 2, 300);
  mutate(read_fixture("traditional_crlf.pem"), 3, 300);
  mutate(test::der_fixture("leaf.pem"), 4, 300);
  const auto key = test::new_key();
  auto content = test::content_of("CN=a, O=b");
  content.names.dns_names = {"a.test"};
  mutate(test::must(make_certificate_request(key.material.view(), content)), 5, 300);
}

// With the MAC made anew, so that the parser behind it is reached.
BOOST_AUTO_TEST_CASE(what_was_changed_under_a_valid_mac_does_no_harm) {
  std::mt19937 random{6};
  for (int i = 0; i < 300; ++i) {
    auto input = read_fixture("in_the_clear.pfx");
    for (int change = 0; change < 3; ++change) {
      input[random() % (input.size() - 100)] = static_cast<std::uint8_t>(random());
    }
    const auto* at = input.data();
    const file_ptr file{d2i_PKCS12(nullptr, &at, static_cast<long>(input.size()))};
    if (file == nullptr || PKCS12_set_mac(file.get(), "x", 1, nullptr, 0, 1, EVP_sha1()) != 1) {
      continue;
    }
    const auto result = read_pkcs12(der_of(*file), as_bytes("x"));
    BOOST_TEST((result.ok() || !result.error().message.empty()));
  }
}

BOOST_AUTO_TEST_CASE(texts_of_any_kind_are_names_or_are_refused) {
  std::mt19937 random{7};
  constexpr std::string_view letters = "CN=OU,+;\"\\# a0f\xc3\xa4.1";
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (auto size = random() % 24; size > 0; --size)
      text.push_back(letters[random() % letters.size()]);
    (void)check_content(test::content_of(text)).ok();
    (void)check_content(test::content_of("CN=" + text)).ok();
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
