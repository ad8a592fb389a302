#include "crypto/hsm_world.hpp"
#include "crypto/pkcs11/trouble.hpp"
#include "faulty_module.hpp"
#include "kit.hpp"

// Modules that have less than SoftHSM, or fail.
namespace twinkeep::crypto {

namespace {

using test::faulty_module;
using test::softhsm;
using test::tokens;

const key_spec p256{key_type::ec, 0, curve::p256};
const key_spec aes256{key_type::oct, 0, curve::p256, 256};
const algorithm& es256 = *find_algorithm("ES256");

// A token of its own, by way of the faulty module.
hsm_location new_token(const std::string& label) {
  auto place = test::make_token(label);
  (void)test::must(create_hsm_world(place));
  place.module = faulty_module::file();
  return place;
}

std::shared_ptr<hsm_token> open(const hsm_location& place) {
  return test::must(open_hsm_token(place));
}

bool is_not_offered(const error& why, std::string_view name) {
  return why.code == error_code::unsupported &&
         why.message == std::string{name} + " is not offered by the HSM that holds the key.";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hsm_faults)

BOOST_AUTO_TEST_CASE(what_a_module_does_not_offer_is_unsupported_by_name) {
  faulty_module module;
  for (const auto type : {CKM_RSA_PKCS, CKM_RSA_PKCS_PSS, CKM_RSA_PKCS_OAEP, CKM_RSA_X_509,
                          CKM_ECDSA, CKM_AES_GCM, CKM_AES_CBC, CKM_AES_CBC_PAD, CKM_AES_KEY_WRAP}) {
    module.hide(type);
  }
  // Installing an EC key tries it.
  const auto place = new_token("poor");
  const auto token = open(place);
  for (const auto& spec : {key_spec{}, p256, aes256}) {
    const auto made = test::must(token->generate(spec));
    if (spec.type == key_type::ec) {
      BOOST_TEST(
          test::failed_with(token->install(made.material.view(), "k"), error_code::unsupported));
    } else {
      test::must(token->install(made.material.view(), "k"));
    }
    const auto key = test::must(token->load(made.material.view()));
    for (const auto& alg : algorithms()) {
      if (!check_fit(made.pub, alg) || alg.name == "CKM_AES_KEY_WRAP_PAD") continue;
      const bytes text(alg.digest_bytes != 0 ? alg.digest_bytes : 16);
      if (alg.signs()) {
        BOOST_TEST(is_not_offered(key->sign(alg, text).error(), alg.name));
        BOOST_TEST(!test::must(key->verify(alg, text, text)));
        continue;
      }
      const bytes iv(16), tag(16);
      const bytes sent(spec.type == key_type::rsa ? 256 : 32);
      BOOST_TEST(is_not_offered(key->encrypt(alg, {.text = text, .iv = iv}).error(), alg.name));
      const cipher_input in{.text = sent,
                            .iv = alg.scheme == scheme::aes_gcm ? byte_view{iv}.first(12) : iv,
                            .tag = tag};
      BOOST_TEST(is_not_offered(key->decrypt(alg, in).error(), alg.name));
    }
  }
  const auto found = describe_hsm(place);
  BOOST_TEST((found.algorithms == std::vector<std::string_view>{"CKM_AES_KEY_WRAP_PAD"}));
}

BOOST_AUTO_TEST_CASE(oaep_with_sha256_needs_either_of_two_mechanisms) {
  faulty_module module;
  const auto& oaep = *find_algorithm("RSA-OAEP-256");
  const auto token = open(new_token("oaep"));
  const auto made = test::installed_key(*token, {});
  const auto by_hand = test::must(token->load(made.material.view()));
  const auto out = test::must(by_hand->encrypt(oaep, {.text = bytes(9, 9)}));
  module.hide(CKM_RSA_X_509);
  const auto lesser = open(new_token("oaep alone"));  // its list is read when it is opened
  const auto again = test::installed_key(*lesser, {});
  const auto key = test::must(lesser->load(again.material.view()));
  BOOST_TEST(is_not_offered(key->encrypt(oaep, {.text = bytes(9)}).error(), oaep.name));
  BOOST_TEST(is_not_offered(key->decrypt(oaep, {.text = out.text}).error(), oaep.name));
  BOOST_TEST(key->encrypt(*find_algorithm("RSA-OAEP"), {.text = bytes(9)}).ok());
}

BOOST_AUTO_TEST_CASE(every_loss_is_mended_once) {
  faulty_module module;
  const auto place = new_token("lossy");
  const auto token = open(place);
  const auto made = test::installed_key(*token, p256);
  const auto key = test::must(token->load(made.material.view()));
  for (const auto code :
       {CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED, CKR_DEVICE_REMOVED, CKR_TOKEN_NOT_PRESENT,
        CKR_USER_NOT_LOGGED_IN, CKR_DEVICE_ERROR, CKR_OBJECT_HANDLE_INVALID, CKR_KEY_HANDLE_INVALID,
        CKR_CRYPTOKI_NOT_INITIALIZED, CKR_TOKEN_NOT_RECOGNIZED}) {
    BOOST_TEST_CONTEXT(pkcs11::name_of(code)) {
      module.fail("C_Sign", code, 1);
      BOOST_TEST(key->sign(es256, bytes(32)).ok());
      module.fail("C_Sign", code, 2);
      const auto twice = key->sign(es256, bytes(32));
      BOOST_TEST(test::failed_with(twice, error_code::unavailable));
      BOOST_TEST(twice.error().message.find("token \"lossy\"") != std::string::npos);
      BOOST_TEST(key->sign(es256, bytes(32)).ok());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_module_that_fails_does_not_make_a_ciphertext_wrong) {
  faulty_module module;
  const auto token = open(new_token("vague"));
  const auto made = test::installed_key(*token, {});
  const auto key = test::must(token->load(made.material.view()));
  const auto& oaep = *find_algorithm("RSA-OAEP");
  const auto out = test::must(key->encrypt(oaep, {.text = bytes(9, 9)})).text;
  // Says nothing twice, but the key is to be seen: the ciphertext is at fault as far as can be
  // told.
  module.fail("C_Decrypt", CKR_GENERAL_ERROR, 2);
  BOOST_TEST(test::failed_with(key->decrypt(oaep, {.text = out}), error_code::refused));
  // The key is not to be seen.
  module.fail("C_Decrypt", CKR_GENERAL_ERROR, 2);
  module.fail("C_GetAttributeValue", CKR_DEVICE_ERROR, 1);
  BOOST_TEST(test::failed_with(key->decrypt(oaep, {.text = out}), error_code::refused));
  module.fail("C_Decrypt", CKR_DEVICE_ERROR, 1);
  BOOST_TEST(key->decrypt(oaep, {.text = out}).ok());
  module.fail("C_Decrypt", CKR_DEVICE_ERROR, 2);
  BOOST_TEST(test::failed_with(key->decrypt(oaep, {.text = out}), error_code::unavailable));
}

// SoftHSM does, while another process looks into the same token.
BOOST_AUTO_TEST_CASE(what_fails_for_no_stated_reason_is_tried_twice) {
  faulty_module module;
  const auto token = open(new_token("passing"));
  const auto pair = test::must(token->generate({}));
  const auto made = test::must(token->generate(p256));
  for (const auto code : {CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED}) {
    BOOST_TEST_CONTEXT(pkcs11::name_of(code)) {
      for (const auto* const call : {"C_UnwrapKey", "C_Sign", "C_FindObjectsInit"}) {
        module.fail(call, code, 1);
        test::must(token->install(made.material.view(), "k"));
        BOOST_TEST(test::must(token->holds(test::id_of(made))));
        test::must(token->remove(test::id_of(made)));
      }
      test::must(token->install(made.material.view(), "k"));
      const auto key = test::must(token->load(made.material.view()));
      module.fail("C_Sign", code, 1);
      BOOST_TEST(key->sign(es256, bytes(32)).ok());
      module.fail("C_Sign", code, 2);
      BOOST_TEST(test::failed_with(key->sign(es256, bytes(32)), error_code::unavailable));
      test::must(token->remove(test::id_of(made)));

      test::must(token->install(pair.material.view(), "k"));
      const auto decrypting = test::must(token->load(pair.material.view()));
      const auto& oaep = *find_algorithm("RSA-OAEP");
      const auto out = test::must(decrypting->encrypt(oaep, {.text = bytes(9, 9)})).text;
      module.fail("C_Decrypt", code, 1);
      BOOST_TEST(decrypting->decrypt(oaep, {.text = out}).ok());
      test::must(token->remove(test::id_of(pair)));
    }
  }
  module.fail("C_UnwrapKey", CKR_GENERAL_ERROR, 2);
  BOOST_TEST(test::failed_with(token->install(made.material.view(), "k"), error_code::corrupt));
}

BOOST_AUTO_TEST_CASE(a_token_is_provisioned_in_spite_of_it) {
  faulty_module module;
  const auto officer = test::secret_text(test::officer_pin);
  const auto in = [](const char* label) {
    auto place = test::make_token(label);
    place.module = faulty_module::file();
    return place;
  };
  const auto source = in("vague source");
  module.fail("C_CopyObject", CKR_GENERAL_ERROR, 1);
  const auto world = test::must(create_hsm_world(source));
  for (const auto* const call : {"C_UnwrapKey", "C_WrapKey", "C_CopyObject", "C_FindObjectsInit"}) {
    BOOST_TEST_CONTEXT(call) {
      const auto joining = in(call);
      module.fail(call, CKR_GENERAL_ERROR, 2);
      BOOST_TEST(
          test::failed_with(join_hsm_world(source, officer, joining), error_code::unavailable));
      module.fail(call, CKR_GENERAL_ERROR, 1);
      test::must(join_hsm_world(source, officer, joining));
      module.fail("C_FindObjectsInit", CKR_GENERAL_ERROR, 1);
      const auto found = describe_hsm(joining);
      BOOST_TEST((found.condition == hsm_condition::member));
      BOOST_TEST((found.world == world));
      BOOST_TEST(found.keys == 0u);
    }
  }
}

// A token locks itself: the service, which tries again and again, must not be the one who does it.
BOOST_AUTO_TEST_CASE(a_wrong_pin_reaches_the_module_once) {
  faulty_module module;
  auto place = new_token("pin twice");
  place.pin_file = test::write_file("wrong again", "another wrong-pin\n");
  const auto before = module.count("C_Login");
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(test::failed_with(open_hsm_token(place), error_code::unavailable));
  }
  BOOST_TEST(module.count("C_Login") == before + 1);
  (void)test::write_file("wrong again", test::user_pin);  // the operator corrects it
  BOOST_TEST(open_hsm_token(place).ok());
}

BOOST_AUTO_TEST_CASE(sessions_are_kept) {
  faulty_module module;
  const auto token = open(new_token("kept"));
  const auto made = test::installed_key(*token, p256);
  const auto key = test::must(token->load(made.material.view()));
  BOOST_TEST(key->sign(es256, bytes(32)).ok());
  const auto before = module.count("C_OpenSession");
  const auto found_before = module.count("C_FindObjectsInit");
  for (int i = 0; i < 50; ++i) BOOST_TEST(key->sign(es256, bytes(32)).ok());
  BOOST_TEST(module.count("C_OpenSession") == before);
  BOOST_TEST(module.count("C_FindObjectsInit") == found_before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
