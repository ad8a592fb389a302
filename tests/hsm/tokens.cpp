#include <atomic>
#include <thread>

#include "crypto/pkcs11/material.hpp"
#include "kit.hpp"

namespace twinkeep::crypto {

namespace {

using test::id_of;
using test::tokens;

const key_spec p256{key_type::ec, 0, curve::p256};

std::vector<key_spec> all_specs() {
  std::vector<key_spec> specs{{key_type::rsa, 2048}, {key_type::rsa, 3072}, {key_type::rsa, 4096}};
  for (const auto crv : {curve::p256, curve::p256k, curve::p384, curve::p521}) {
    specs.push_back({key_type::ec, 0, crv});
  }
  for (const unsigned bits : {128u, 192u, 256u}) {
    specs.push_back({key_type::oct, 0, curve::p256, bits});
  }
  return specs;
}

bool holds(hsm_token& in, const hsm_key_id& id) {
  const auto all = test::must(in.inventory());
  return std::ranges::count(all, id, &hsm_object::id) == 1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hsm_tokens)

BOOST_AUTO_TEST_CASE(tokens_that_joined_are_of_one_world) {
  BOOST_TEST((tokens().first->world() == tokens().second->world()));
  BOOST_TEST((tokens().first->world() != tokens().stranger->world()));
  test::must(tokens().first->ping());
  test::must(tokens().second->ping());
}

BOOST_AUTO_TEST_CASE(every_kind_is_made_in_one_token_and_used_in_the_other) {
  for (const auto& spec : all_specs()) {
    const auto made = test::must(tokens().first->generate(spec));
    BOOST_TEST(made.material.view().front() == hsm_material_octet);
    BOOST_TEST(!holds(*tokens().first, id_of(made)));
    test::must(tokens().second->install(made.material.view(), "k"));
    BOOST_TEST(holds(*tokens().second, id_of(made)));
    const auto key = test::must(tokens().second->load(made.material.view()));
    const bytes digest(32, 7);
    if (spec.type == key_type::oct) {
      const auto& wrap = *find_algorithm("CKM_AES_KEY_WRAP");
      const auto out = test::must(key->encrypt(wrap, {.text = digest}));
      BOOST_TEST(test::equal(test::must(key->decrypt(wrap, {.text = out.text})).view(), digest));
    } else if (spec.type == key_type::rsa) {
      const auto& rs256 = *find_algorithm("RS256");
      const auto half = test::must(make_openssl_provider()->load_public(made.pub));
      BOOST_TEST(test::must(half->verify(rs256, digest, test::must(key->sign(rs256, digest)))));
    }
    test::must(tokens().second->remove(id_of(made)));
    BOOST_TEST(!holds(*tokens().second, id_of(made)));
  }
}

BOOST_AUTO_TEST_CASE(a_key_is_of_its_world) {
  const auto made = test::must(tokens().first->generate(p256));
  auto& stranger = *tokens().stranger;
  BOOST_TEST(test::failed_with(stranger.install(made.material.view(), "k"), error_code::corrupt));
  BOOST_TEST(test::failed_with(stranger.load(made.material.view()), error_code::corrupt));
  BOOST_TEST(test::must(stranger.inventory()).empty());
}

BOOST_AUTO_TEST_CASE(every_changed_octet_of_a_material_is_found) {
  const auto made = test::must(tokens().first->generate(p256));
  for (std::size_t i = 0; i < made.material.size(); ++i) {
    bytes changed(made.material.view().begin(), made.material.view().end());
    changed[i] ^= 1;
    BOOST_TEST(test::failed_with(tokens().first->load(changed), error_code::corrupt), i);
    BOOST_TEST(test::failed_with(tokens().first->install(changed, "k"), error_code::corrupt), i);
  }
}

// With an id that fits, as somebody would do it who knows how.
BOOST_AUTO_TEST_CASE(forged_material_leaves_nothing_in_the_token) {
  auto& first = *tokens().first;
  for (const auto& spec : all_specs()) {
    if (spec.modulus_bits > 2048) continue;
    const auto made = test::must(first.generate(spec));
    const auto other = test::must(first.generate(spec));
    const auto parts = test::must(pkcs11::read_material(made.material.view()));
    auto damaged = parts.blob;
    damaged[9] ^= 1;
    auto shorter = parts.blob;
    shorter.resize(shorter.size() - 8);
    auto resized = made.pub;
    resized.octet_bits = 384 - resized.octet_bits;
    const bool is_oct = spec.type == key_type::oct;
    for (const auto& forged : {test::must(pkcs11::write_material(first.world(), made.pub, damaged)),
                               test::must(pkcs11::write_material(first.world(), made.pub, shorter)),
                               test::must(pkcs11::write_material(
                                   first.world(), is_oct ? resized : other.pub, parts.blob))}) {
      const auto before = test::must(first.inventory());
      const auto done = first.install(forged.material.view(), "k");
      if (is_oct && resized.octet_bits == made.pub.octet_bits) continue;
      BOOST_TEST(test::failed_with(done, error_code::corrupt));
      BOOST_TEST((test::must(first.inventory()) == before));
    }
  }
}

BOOST_AUTO_TEST_CASE(installing_twice_is_installing_once) {
  auto& first = *tokens().first;
  const auto made = test::must(first.generate(p256));
  test::must(first.install(made.material.view(), "vault/key/1"));
  test::must(first.install(made.material.view(), "another label"));
  const auto all = test::must(first.inventory());
  const auto found = std::ranges::find(all, id_of(made), &hsm_object::id);
  BOOST_REQUIRE((found != all.end()));
  BOOST_TEST(found->label == "vault/key/1");
  BOOST_TEST(holds(first, id_of(made)));
}

BOOST_AUTO_TEST_CASE(installing_at_the_same_time_is_installing_once) {
  std::vector<generated_key> made;
  for (int i = 0; i < 4; ++i) made.push_back(test::must(tokens().first->generate(p256)));
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      // Another way to the same token: it is one and the same.
      const auto second = open_hsm_token(tokens().second_place);
      for (const auto& key : made) {
        if (!second || !(*second)->install(key.material.view(), "k")) ++failures;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(failures == 0);
  for (const auto& key : made) BOOST_TEST(holds(*tokens().second, id_of(key)));
}

BOOST_AUTO_TEST_CASE(many_threads_use_a_token) {
  const auto made = test::installed_key(*tokens().first, p256);
  const auto& es256 = *find_algorithm("ES256");
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int t = 0; t < 24; ++t) {  // more than there are sessions
    threads.emplace_back([&] {
      const auto key = tokens().first->load(made.material.view());
      for (int i = 0; i < 20; ++i) {
        const bytes digest(32, static_cast<std::uint8_t>(i));
        const auto signature = (*key)->sign(es256, digest);
        if (!signature || !*(*key)->verify(es256, digest, *signature)) ++failures;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(failures == 0);
}

BOOST_AUTO_TEST_CASE(removing_what_is_not_there_is_nothing) {
  auto& first = *tokens().first;
  const auto made = test::installed_key(first, p256);
  test::must(first.remove(id_of(made)));
  test::must(first.remove(id_of(made)));
  BOOST_TEST(!holds(first, id_of(made)));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_installed_is_unavailable_here) {
  auto& first = *tokens().first;
  const auto made = test::must(first.generate(p256));
  const auto key = test::must(first.load(made.material.view()));
  const auto& es256 = *find_algorithm("ES256");
  BOOST_TEST(test::failed_with(key->sign(es256, bytes(32)), error_code::unavailable));
  test::must(first.install(made.material.view(), "k"));
  BOOST_TEST(key->sign(es256, bytes(32)).ok());
  test::must(first.remove(id_of(made)));
  BOOST_TEST(test::failed_with(key->sign(es256, bytes(32)), error_code::unavailable));
  test::must(first.ping());
}

BOOST_AUTO_TEST_CASE(an_imported_key_is_two_when_it_is_imported_twice) {
  private_jwk jwk;
  jwk.type = key_type::oct;
  jwk.k = test::secret_text("0123456789abcdef");
  const auto one = test::must(tokens().first->import_key(jwk));
  const auto two = test::must(tokens().first->import_key(jwk));
  BOOST_TEST((id_of(one) != id_of(two)));
}

BOOST_AUTO_TEST_CASE(making_keys_leaves_nothing_behind) {
  const auto before = test::must(tokens().first->inventory());
  for (const auto& spec : all_specs()) (void)test::must(tokens().first->generate(spec));
  BOOST_TEST((test::must(tokens().first->inventory()) == before));
  auto in = test::session_with("first");
  for (const CK_OBJECT_CLASS of : {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY}) {
    pkcs11::attributes passing;
    passing.number(CKA_CLASS, of).no(CKA_TOKEN);
    BOOST_TEST(test::must(in.find(passing)).empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
