#include "kit.hpp"

// Tokens that go away, and come back or not.
namespace twinkeep::crypto {

namespace {

using test::softhsm;
using test::tokens;

const key_spec p256{key_type::ec, 0, curve::p256};
const algorithm& es256 = *find_algorithm("ES256");

CK_SLOT_ID slot_of(const std::string& label) {
  return test::must(softhsm().find_token(label)).slot;
}

// As if an operator had pulled it out and put it in again.
void lose_sessions(const std::string& label) {
  softhsm().calls().C_CloseAllSessions(slot_of(label));
}

bool signs(key& with) {
  const bytes digest(32, 9);
  const auto signature = with.sign(es256, digest);
  return signature.ok() && test::must(with.verify(es256, digest, *signature));
}

// A token of the world of tokens(), of this test's own: it loses it.
std::shared_ptr<hsm_token> another(const std::string& label) {
  const auto place = test::make_token(label);
  test::join_outside("first", label);
  return test::must(open_hsm_token(place));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hsm_lost)

BOOST_AUTO_TEST_CASE(lost_sessions_are_opened_again_unseen) {
  auto& first = *tokens().first;
  const auto made = test::installed_key(first, p256);
  const auto key = test::must(first.load(made.material.view()));
  const auto fresh = [&] { lose_sessions("first"); };
  fresh();
  BOOST_TEST(signs(*key));
  fresh();
  test::must(first.ping());
  fresh();
  BOOST_TEST(test::must(first.inventory()).size() >= 1u);
  fresh();
  const auto another_one = test::must(first.generate(p256));
  fresh();
  test::must(first.install(another_one.material.view(), "k"));
  fresh();
  test::must(first.remove(test::id_of(another_one)));
  fresh();
  private_jwk jwk;
  jwk.type = key_type::oct;
  jwk.k = test::secret_text("0123456789abcdef");
  const auto imported = test::must(first.import_key(jwk));
  test::must(first.install(imported.material.view(), "k"));
  const auto cipher = test::must(first.load(imported.material.view()));
  const auto& gcm = *find_algorithm("A128GCM");
  fresh();
  const auto out = test::must(cipher->encrypt(gcm, {.text = bytes(5)}));
  fresh();
  BOOST_TEST(cipher->decrypt(gcm, {.text = out.text, .iv = out.iv, .tag = out.tag}).ok());
}

BOOST_AUTO_TEST_CASE(a_lost_session_does_not_turn_a_good_ciphertext_into_a_wrong_one) {
  auto& first = *tokens().first;
  const auto made = test::installed_key(first, {});
  const auto key = test::must(first.load(made.material.view()));
  for (const auto* const name : {"RSA1_5", "RSA-OAEP", "RSA-OAEP-256"}) {
    const auto& alg = *find_algorithm(name);
    const auto out = test::must(key->encrypt(alg, {.text = bytes(5, 1)}));
    lose_sessions("first");
    BOOST_TEST(test::equal(test::must(key->decrypt(alg, {.text = out.text})).view(), bytes(5, 1)));
  }
}

BOOST_AUTO_TEST_CASE(a_lost_login_is_made_again) {
  auto& first = *tokens().first;
  const auto made = test::installed_key(first, p256);
  const auto key = test::must(first.load(made.material.view()));
  const auto log_out = [] {
    auto in = test::session_with("first");
    test::must(in.logout());
  };
  log_out();
  BOOST_TEST(signs(*key));
  log_out();
  BOOST_TEST(test::must(first.inventory()).size() >= 1u);
  log_out();
  test::must(first.install(made.material.view(), "k"));
  BOOST_TEST(
      std::ranges::count(test::must(first.inventory()), test::id_of(made), &hsm_object::id) == 1);
}

BOOST_AUTO_TEST_CASE(a_module_that_is_initialized_again_keeps_its_keys) {
  const auto one = test::installed_key(*tokens().first, p256);
  const auto two = test::installed_key(*tokens().second, p256);
  const auto first = test::must(tokens().first->load(one.material.view()));
  const auto second = test::must(tokens().second->load(two.material.view()));
  BOOST_TEST((signs(*first) && signs(*second)));
  const auto before = softhsm().times_initialized();
  softhsm().look_at_most_every(std::chrono::seconds{0});
  softhsm().look_again();
  softhsm().look_at_most_every(std::chrono::seconds{10});
  softhsm().look_again();  // not that soon again
  BOOST_TEST(softhsm().times_initialized() == before + 1);
  BOOST_TEST((signs(*second) && signs(*first)));
  test::must(tokens().stranger->ping());
}

BOOST_AUTO_TEST_CASE(a_wiped_token_is_unavailable_until_it_has_joined_again) {
  const auto token = another("wiped");
  const auto made = test::installed_key(*token, p256);
  const auto key = test::must(token->load(made.material.view()));
  BOOST_TEST(signs(*key));

  test::make_token_outside("wiped", "--token wiped");
  BOOST_TEST(test::failed_with(key->sign(es256, bytes(32)), error_code::unavailable));
  BOOST_TEST(test::failed_with(token->ping(), error_code::unavailable));
  BOOST_TEST(test::failed_with(token->inventory(), error_code::unavailable));
  BOOST_TEST(test::failed_with(token->install(made.material.view(), "k"), error_code::unavailable));
  BOOST_TEST(test::failed_with(open_hsm_token(test::place_of("wiped")), error_code::unavailable));

  test::join_outside("first", "wiped");
  test::must(token->ping());
  BOOST_TEST(test::must(token->inventory()).empty());
  BOOST_TEST(test::failed_with(key->sign(es256, bytes(32)), error_code::unavailable));
  test::must(token->install(made.material.view(), "k"));
  BOOST_TEST(signs(*key));
}

// Another one of the same name: the module has to be asked anew.
BOOST_AUTO_TEST_CASE(a_replaced_token_is_found) {
  const auto token = another("replaced");
  const auto made = test::installed_key(*token, p256);
  const auto key = test::must(token->load(made.material.view()));
  const auto bystander = test::must(tokens().first->load(made.material.view()));
  test::must(tokens().first->install(made.material.view(), "k"));
  test::delete_token_outside("replaced");
  softhsm().look_at_most_every(std::chrono::seconds{0});
  BOOST_TEST(test::failed_with(key->sign(es256, bytes(32)), error_code::unavailable));
  BOOST_TEST(signs(*bystander));
  test::make_token_outside("replaced", "--free");
  BOOST_TEST(test::failed_with(token->ping(), error_code::unavailable));
  test::join_outside("first", "replaced");
  test::must(token->ping());
  test::must(token->install(made.material.view(), "k"));
  BOOST_TEST(signs(*key));
  BOOST_TEST(signs(*bystander));
  softhsm().look_at_most_every(std::chrono::seconds{10});
}

BOOST_AUTO_TEST_CASE(a_token_of_another_world_in_the_same_place_is_unavailable) {
  const auto token = another("moved");
  test::make_token_outside("moved", "--token moved");
  test::join_outside("stranger", "moved");
  const auto works = token->ping();
  BOOST_TEST(test::failed_with(works, error_code::unavailable));
  BOOST_TEST(works.error().message.find("another security world") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
