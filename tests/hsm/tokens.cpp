#include <set>

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
    BOOST_TEST_MESSAGE(to_string(spec.type) << ' ' << spec.modulus_bits << ' ' << spec.octet_bits);
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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
