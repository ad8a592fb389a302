#include <map>
#include <set>

#include "crypto/openssl/key_material.hpp"
#include "crypto/openssl/numbers.hpp"
#include "crypto/pkcs11/key_objects.hpp"
#include "kit.hpp"

// Keys that come from HSMs of others, wrapped for a key of this world (BYOK).
namespace twinkeep::crypto {

namespace {

using test::failed_with;
using test::must;
using test::tokens;

const std::unique_ptr<key_provider>& software() {
  static const auto provider = make_openssl_provider();
  return provider;
}

// Made in the first token; not installed in any.
const generated_key& exchange_key(unsigned bits = 2048) {
  static std::map<unsigned, generated_key> made;
  if (!made.contains(bits)) made[bits] = must(tokens().first->generate({key_type::rsa, bits}));
  return made[bits];
}

// CKM_RSA_AES_KEY_WRAP, as the other HSM does it.
bytes wrapped_for(const public_key& exchange, byte_view pkcs8, std::size_t aes_bytes = 32) {
  private_jwk aes;
  aes.type = key_type::oct;
  aes.k = secret_bytes(aes_bytes);
  system_random().fill(aes.k.writable());
  const auto ephemeral = must(software()->import_key(aes));
  auto out = must(must(software()->load_public(exchange))
                      ->encrypt(*find_algorithm("RSA-OAEP"), {.text = aes.k.view()}))
                 .text;
  const auto rest = must(must(software()->load(ephemeral.material.view()))
                             ->encrypt(*find_algorithm("CKM_AES_KEY_WRAP_PAD"), {.text = pkcs8}))
                        .text;
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

outcome<generated_key> transfer(hsm_token& into, const public_key& said, byte_view ciphertext,
                                byte_view exchange = exchange_key().material.view()) {
  return into.import_transferred({said.type, said.crv, exchange, ciphertext});
}

// Signs in the token, under the public key that was wrapped with it.
bool signs(hsm_token& in, const generated_key& transferred, const public_key& original) {
  must(in.install(transferred.material.view(), "brought"));
  const auto& alg = pkcs11::algorithm_to_check(original);
  const bytes digest(alg.digest_bytes, 7);
  const auto signature = must(must(in.load(transferred.material.view()))->sign(alg, digest));
  return must(must(software()->load_public(original))->verify(alg, digest, signature));
}

std::size_t objects_in(const std::string& token) {
  auto in = test::session_with(token);
  std::size_t count = 0;
  for (const CK_OBJECT_CLASS of : {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY}) {
    pkcs11::attributes like;
    like.number(CKA_CLASS, of);
    count += must(in.find(like)).size();
  }
  return count;
}

const generated_key& p256() {
  static const auto made = must(software()->generate({key_type::ec, 0, curve::p256}));
  return made;
}
const generated_key& rsa_2048() {
  static const auto made = must(software()->generate({key_type::rsa, 2048}));
  return made;
}

// The numbers of one key and the private ones of another: PKCS#8 that no HSM would make.
secret_bytes mismatched_rsa() {
  const openssl::error_scope errors;
  const auto one = must(openssl::read_private(rsa_2048().material.view()));
  const auto other_key = must(software()->generate({key_type::rsa, 2048}));
  const auto other = must(openssl::read_private(other_key.material.view()));
  const openssl::param_builder_ptr numbers{OSSL_PARAM_BLD_new()};
  std::vector<openssl::bn_ptr> kept;
  const auto take = [&](const EVP_PKEY& from, const char* name) {
    BIGNUM* value = nullptr;
    BOOST_REQUIRE(EVP_PKEY_get_bn_param(&from, name, &value) == 1);
    kept.emplace_back(value);
    BOOST_REQUIRE(OSSL_PARAM_BLD_push_BN(numbers.get(), name, value) == 1);
  };
  for (const auto* name : {"n", "e"}) take(*one, name);
  for (const auto* name :
       {"d", "rsa-factor1", "rsa-factor2", "rsa-exponent1", "rsa-exponent2", "rsa-coefficient1"}) {
    take(*other, name);
  }
  const auto mixed = must(openssl::key_of_numbers("RSA", EVP_PKEY_KEYPAIR, *numbers, "mixed"));
  return must(openssl::write_private(*mixed));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hsm_transfer)

BOOST_AUTO_TEST_CASE(every_kind_is_brought_and_signs_in_every_token) {
  std::vector<key_spec> specs{{key_type::rsa, 2048}, {key_type::rsa, 3072}, {key_type::rsa, 4096}};
  for (const auto crv : {curve::p256, curve::p256k, curve::p384, curve::p521}) {
    specs.push_back({key_type::ec, 0, crv});
  }
  for (const auto& spec : specs) {
    const auto original = must(software()->generate(spec));
    const auto ciphertext = wrapped_for(exchange_key().pub, original.material.view());
    // The exchange key was made in the other token, and is in neither.
    const auto brought = must(transfer(*tokens().second, original.pub, ciphertext));
    BOOST_TEST(brought.material.view().front() == hsm_material_octet);
    BOOST_TEST((brought.pub.n == original.pub.n));
    BOOST_TEST((brought.pub.e == original.pub.e));
    BOOST_TEST((brought.pub.x == original.pub.x));
    BOOST_TEST((brought.pub.y == original.pub.y));
    for (auto* const token : {tokens().first.get(), tokens().second.get()}) {
      BOOST_TEST(signs(*token, brought, original.pub));
      must(token->remove(test::id_of(brought)));
    }
  }
}

BOOST_AUTO_TEST_CASE(exchange_keys_and_the_keys_between_are_of_all_sizes) {
  for (const unsigned bits : {2048u, 3072u, 4096u}) {
    const auto& exchange = exchange_key(bits);
    for (const std::size_t aes_bytes : {16u, 24u, 32u}) {
      const auto ciphertext = wrapped_for(exchange.pub, p256().material.view(), aes_bytes);
      const auto brought =
          transfer(*tokens().first, p256().pub, ciphertext, exchange.material.view());
      BOOST_TEST(brought.ok());
    }
  }
}

BOOST_AUTO_TEST_CASE(bringing_keys_leaves_nothing_behind) {
  const auto before = objects_in("first");
  for (const auto* const original : {&rsa_2048(), &p256()}) {
    auto ciphertext = wrapped_for(exchange_key().pub, original->material.view());
    (void)must(transfer(*tokens().first, original->pub, ciphertext));
    ciphertext.back() ^= 1;
    BOOST_TEST(!transfer(*tokens().first, original->pub, ciphertext).ok());
  }
  BOOST_TEST(objects_in("first") == before);
}

BOOST_AUTO_TEST_CASE(what_does_not_open_is_refused_with_one_text) {
  auto& first = *tokens().first;
  const auto ciphertext = wrapped_for(exchange_key().pub, p256().material.view());
  std::set<std::string> texts;
  const auto refused = [&](const outcome<generated_key>& done) {
    BOOST_TEST(failed_with(done, error_code::bad_input));
    if (!done) texts.insert(done.error().message);
    must(first.ping());
  };
  for (std::size_t at = 0; at < ciphertext.size(); at += 23) {
    auto changed = ciphertext;
    changed[at] ^= 1;
    refused(transfer(first, p256().pub, changed));
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{255}, std::size_t{256},
                                 std::size_t{264}, ciphertext.size() - 8, ciphertext.size() - 1}) {
    refused(transfer(first, p256().pub, byte_view{ciphertext}.first(size)));
  }
  // By a key that is not the one it was wrapped for, and of what is no private key, or another one.
  refused(transfer(first, p256().pub, ciphertext, exchange_key(3072).material.view()));
  const auto other = must(first.generate({key_type::rsa, 2048}));
  refused(transfer(first, p256().pub, ciphertext, other.material.view()));
  refused(transfer(first, p256().pub, wrapped_for(exchange_key().pub, bytes(120, 0x30))));
  refused(transfer(first, rsa_2048().pub, ciphertext));
  const auto rsa = wrapped_for(exchange_key().pub, rsa_2048().material.view());
  refused(transfer(first, p256().pub, rsa));
  const auto mixed = mismatched_rsa();
  refused(transfer(first, rsa_2048().pub, wrapped_for(exchange_key().pub, mixed.view())));
  BOOST_TEST(texts.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_served_is_refused_by_name) {
  auto& first = *tokens().first;
  auto said = p256().pub;
  said.crv = curve::p384;
  const auto other_curve = wrapped_for(exchange_key().pub, p256().material.view());
  const auto refused = transfer(first, said, other_curve);
  BOOST_TEST(failed_with(refused, error_code::bad_input));
  BOOST_TEST(refused.error().message == "EC key: it is not on the curve that `crv` says");

  const openssl::pkey_ptr small{EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024})};
  const auto pkcs8 = must(openssl::write_private(*small));
  const auto too_small =
      transfer(first, rsa_2048().pub, wrapped_for(exchange_key().pub, pkcs8.view()));
  BOOST_TEST(failed_with(too_small, error_code::unsupported));
  BOOST_TEST(too_small.error().message ==
             "RSA key: expected n of 2048, 3072 or 4096 bits, found 1024");
}

BOOST_AUTO_TEST_CASE(the_exchange_key_is_an_rsa_key_of_the_same_world) {
  auto& first = *tokens().first;
  const auto ciphertext = wrapped_for(exchange_key().pub, p256().material.view());
  const auto by = [&](const generated_key& exchange) {
    return transfer(first, p256().pub, ciphertext, exchange.material.view());
  };
  BOOST_TEST(
      failed_with(by(must(first.generate({key_type::ec, 0, curve::p256}))), error_code::bad_input));
  BOOST_TEST(failed_with(by(must(first.generate({key_type::oct, 0, curve::p256, 256}))),
                         error_code::bad_input));
  BOOST_TEST(failed_with(by(must(tokens().stranger->generate({key_type::rsa, 2048}))),
                         error_code::corrupt));
  BOOST_TEST(failed_with(by(rsa_2048()), error_code::corrupt));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
