#include "crypto/key_provider.hpp"
#include "support.hpp"

// tests/data/wycheproof: AES through the port, as the service uses it.
namespace twinkeep::crypto {

namespace {

namespace json = boost::json;

struct tally {
  int valid = 0;
  int invalid = 0;
  int not_served = 0;
};

struct ciphers {
  std::unique_ptr<key_provider> provider = make_openssl_provider();

  std::unique_ptr<key> key_of(const json::value& t) {
    private_jwk jwk;
    jwk.type = key_type::oct;
    jwk.k = secret_bytes::copy_of(test::from_hex(t.at("key")));
    const auto imported = test::must(provider->import_key(jwk));
    return test::must(provider->load(imported.material.view()));
  }

  // `check(alg, key, test, is valid)` for every test; the algorithm's name has the group's size.
  template <class Check>
  static void for_every_test(std::string_view file, std::string_view suffix, Check check) {
    const auto content = test::read_json(std::string{"wycheproof/"} + std::string{file});
    for (const auto& group : content.at("testGroups").as_array()) {
      const auto& alg = *find_algorithm("A" + std::to_string(group.at("keySize").as_int64()) +
                                        std::string{suffix});
      for (const auto& t : group.at("tests").as_array()) {
        BOOST_TEST_CONTEXT(file << ", tcId " << t.at("tcId")) {
          check(alg, t, t.at("result").as_string() == "valid");
        }
      }
    }
  }
};

template <class T>
bool is_refused(const outcome<T>& outcome) {
  return test::failed_with(outcome, error_code::refused);
}

void report(std::string_view file, const tally& done) {
  BOOST_TEST_MESSAGE(file << ": " << done.valid << " valid, " << done.invalid << " invalid, "
                          << done.not_served << " not served");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(wycheproof_ciphers, ciphers)

BOOST_AUTO_TEST_CASE(aes_gcm_decrypts_with_ivs_of_12_bytes) {
  tally done;
  for_every_test("aes_gcm.json", "GCM", [&](const auto& alg, const auto& t, bool is_valid) {
    const auto text = test::from_hex(t.at("ct"));
    const auto iv = test::from_hex(t.at("iv"));
    const auto aad = test::from_hex(t.at("aad"));
    const auto tag = test::from_hex(t.at("tag"));
    const auto plain = key_of(t)->decrypt(alg, {.text = text, .iv = iv, .aad = aad, .tag = tag});
    if (iv.size() != 12) {  // neither made nor taken: CONTRACT §5.3
      BOOST_TEST(test::failed_with(plain, error_code::bad_input));
      ++done.not_served;
    } else if (is_valid) {
      BOOST_REQUIRE(plain.ok());
      BOOST_TEST(test::equal(plain->view(), test::from_hex(t.at("msg"))));
      ++done.valid;
    } else {
      BOOST_TEST(is_refused(plain));
      ++done.invalid;
    }
  });
  report("aes_gcm.json", done);
  BOOST_TEST(done.valid == 116);
  BOOST_TEST(done.invalid == 81);
  BOOST_TEST(done.not_served == 119);
}

BOOST_AUTO_TEST_CASE(aes_cbc_pad_encrypts_and_decrypts) {
  tally done;
  for_every_test(
      "aes_cbc_pkcs5.json", "CBCPAD", [&](const auto& alg, const auto& t, bool is_valid) {
        const auto text = test::from_hex(t.at("ct"));
        const auto iv = test::from_hex(t.at("iv"));
        const auto msg = test::from_hex(t.at("msg"));
        const auto key = key_of(t);
        const auto plain = key->decrypt(alg, {.text = text, .iv = iv});
        ++(is_valid ? done.valid : done.invalid);
        if (!is_valid) {
          BOOST_TEST(is_refused(plain));
          return;
        }
        BOOST_REQUIRE(plain.ok());
        BOOST_TEST(test::equal(plain->view(), msg));
        BOOST_TEST((test::must(key->encrypt(alg, {.text = msg, .iv = iv})).text == text));
      });
  report("aes_cbc_pkcs5.json", done);
  BOOST_TEST(done.valid == 72);
  BOOST_TEST(done.invalid == 144);
}

// The same vectors, padded by hand.
BOOST_AUTO_TEST_CASE(aes_cbc_encrypts_and_decrypts_whole_blocks) {
  tally done;
  for_every_test("aes_cbc_pkcs5.json", "CBC", [&](const auto& alg, const auto& t, bool is_valid) {
    if (!is_valid) return;
    const auto text = test::from_hex(t.at("ct"));
    const auto iv = test::from_hex(t.at("iv"));
    auto blocks = test::from_hex(t.at("msg"));
    const auto missing = static_cast<std::uint8_t>(16 - blocks.size() % 16);
    blocks.insert(blocks.end(), missing, missing);
    const auto key = key_of(t);
    BOOST_TEST((test::must(key->encrypt(alg, {.text = blocks, .iv = iv})).text == text));
    const auto plain = test::must(key->decrypt(alg, {.text = text, .iv = iv}));
    BOOST_TEST(test::equal(plain.view(), blocks));
    ++done.valid;
  });
  report("aes_cbc_pkcs5.json without padding", done);
  BOOST_TEST(done.valid == 72);
}

// Of what is invalid, a text of a wrong length and an empty ciphertext can only be wrapped, the
// rest only be unwrapped. Keys of 8 bytes ("acceptable") are not wrapped: NIST SP 800-38F §5.3.1.
BOOST_AUTO_TEST_CASE(aes_kw_wraps_and_unwraps) {
  tally done;
  for_every_test("aes_wrap.json", "KW", [&](const auto& alg, const auto& t, bool is_valid) {
    const auto msg = test::from_hex(t.at("msg"));
    const auto wrapped = test::from_hex(t.at("ct"));
    const auto key = key_of(t);
    const auto plain = key->decrypt(alg, {.text = wrapped});
    const auto again = key->encrypt(alg, {.text = msg});
    const auto by_any_size = key->decrypt(*find_algorithm("CKM_AES_KEY_WRAP"), {.text = wrapped});
    BOOST_TEST(by_any_size.ok() == plain.ok());
    ++(is_valid ? done.valid : done.invalid);
    if (!is_valid) {
      BOOST_TEST(is_refused(plain));
      if (again.ok()) BOOST_TEST((again->text != wrapped));
      if (!again.ok()) BOOST_TEST((again.error().code == error_code::bad_input));
      return;
    }
    BOOST_REQUIRE(plain.ok());
    BOOST_REQUIRE(again.ok());
    BOOST_TEST(test::equal(plain->view(), msg));
    BOOST_TEST((again->text == wrapped));
  });
  report("aes_wrap.json", done);
  BOOST_TEST(done.valid == 36);
  BOOST_TEST(done.invalid == 129);  // with the three acceptable ones
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
