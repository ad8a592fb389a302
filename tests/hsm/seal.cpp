// The key-encryption key under a key of a token.
#include "crypto/seal.hpp"

#include <cstdlib>

#include "crypto/keyring.hpp"
#include "kit.hpp"

namespace twinkeep::test {

namespace {

using namespace crypto;
using pkcs11::attributes;
using pkcs11::session;

constexpr std::string_view label = "twinkeep seal";
constexpr std::size_t id_at = 1 + label.size();
constexpr std::size_t id_bytes = 12;

const hsm_location& barrier() {
  static const auto place = make_token("barrier");
  return place;
}

std::unique_ptr<kek_seal> seal_of(const hsm_location& where, std::string_view key = label) {
  return make_pkcs11_seal(where, std::string{key});
}

bytes some_key() {
  bytes key(data_key::size);
  system_random().fill(key);
  return key;
}

secret_bytes closed(byte_view key) {
  return must(seal_of(barrier())->close(key, system_random()));
}

std::vector<CK_OBJECT_HANDLE> keys_in(session& in, byte_view id) {
  attributes like;
  like.number(CKA_CLASS, CKO_SECRET_KEY).text(CKA_LABEL, label).octets(CKA_ID, id);
  return must(in.find(like));
}

std::string why_not(const outcome<secret_bytes>& opened) {
  return opened.ok() ? "it opens" : opened.error().message;
}

bool says(const outcome<secret_bytes>& opened, std::string_view what) {
  const auto message = why_not(opened);
  BOOST_TEST(message.find(user_pin) == std::string::npos);
  BOOST_TEST(message.find(what) != std::string::npos, message);
  return !opened.ok();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(seals_in_tokens)

BOOST_AUTO_TEST_CASE(what_is_closed_opens_and_does_not_hold_the_key) {
  const auto key = some_key();
  const auto sealed = closed(key);
  BOOST_TEST(equal(must(seal_of(barrier())->open(sealed.view())).view(), key));
  BOOST_TEST(std::ranges::search(sealed.view(), key).empty());
}

BOOST_AUTO_TEST_CASE(the_sealing_key_does_not_leave_the_token) {
  const auto sealed = closed(some_key());
  auto in = session_with("barrier");
  const auto found = keys_in(in, sealed.view().subspan(id_at, id_bytes));
  BOOST_REQUIRE(found.size() == 1u);
  for (const auto type :
       {CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE}) {
    BOOST_TEST(must(in.read(found.front(), type)) == bytes{CK_TRUE}, type);
  }
  for (const auto type : {CKA_EXTRACTABLE, CKA_MODIFIABLE, CKA_WRAP, CKA_UNWRAP}) {
    BOOST_TEST(must(in.read(found.front(), type)) == bytes{CK_FALSE}, type);
  }
  BOOST_TEST(!session_with("barrier").read_secret(found.front(), CKA_VALUE, 32).ok());
}

BOOST_AUTO_TEST_CASE(each_closing_makes_a_key_of_its_own_and_the_former_still_opens) {
  const auto key = some_key();
  const auto former = closed(key);
  const auto later = closed(key);
  BOOST_TEST(!equal(former.view().subspan(id_at, id_bytes), later.view().subspan(id_at, id_bytes)));
  for (const auto* sealed : {&former, &later}) {
    BOOST_TEST(equal(must(seal_of(barrier())->open(sealed->view())).view(), key));
  }
}

BOOST_AUTO_TEST_CASE(a_changed_octet_anywhere_is_refused) {
  const auto sealed = closed(some_key());
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = bytes(sealed.view().begin(), sealed.view().end());
    changed[i] ^= 1;
    BOOST_TEST(!seal_of(barrier())->open(changed).ok(), "octet " << i);
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, sealed.size() - 1}) {
    BOOST_TEST(
        failed_with(seal_of(barrier())->open(sealed.view().first(size)), error_code::corrupt),
        size);
  }
}

BOOST_AUTO_TEST_CASE(another_key_in_its_place_is_refused) {
  const auto sealed = closed(some_key());
  const auto place = make_token("impostor");
  BOOST_TEST(says(seal_of(place)->open(sealed.view()), "there is no key \"twinkeep seal\""));
  auto in = session_with("impostor");
  const bytes known(32, 7);
  attributes a;
  a.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES).yes(CKA_TOKEN);
  a.text(CKA_LABEL, label).octets(CKA_ID, sealed.view().subspan(id_at, id_bytes));
  a.octets(CKA_VALUE, known).yes(CKA_DECRYPT);
  (void)must(in.create(a));
  const auto opened = seal_of(place)->open(sealed.view());
  BOOST_TEST(failed_with(opened, error_code::refused));
  BOOST_TEST(says(opened, "the HSM key does not open it"));
  (void)must(in.create(a));
  BOOST_TEST(says(seal_of(place)->open(sealed.view()), "there is more than one key"));
}

BOOST_AUTO_TEST_CASE(the_key_of_another_label_is_not_used) {
  const auto sealed = closed(some_key());
  BOOST_TEST(says(seal_of(barrier(), "other")->open(sealed.view()),
                  "expected one sealed by the HSM key \"other\", found one by \"twinkeep seal\""));
}

BOOST_AUTO_TEST_CASE(a_pin_comes_from_a_file_or_the_environment) {
  const auto key = some_key();
  const auto sealed = closed(key);
  auto by_variable = barrier();
  by_variable.pin_file.clear();
  by_variable.pin_variable = "TWINKEEP_TEST_SEAL_PIN";
  BOOST_REQUIRE(::setenv("TWINKEEP_TEST_SEAL_PIN", std::string{user_pin}.c_str(), 1) == 0);
  BOOST_TEST(equal(must(seal_of(by_variable)->open(sealed.view())).view(), key));
  ::unsetenv("TWINKEEP_TEST_SEAL_PIN");
  BOOST_TEST(says(seal_of(by_variable)->open(sealed.view()), "TWINKEEP_TEST_SEAL_PIN"));
}

BOOST_AUTO_TEST_CASE(who_else_uses_the_token_stays_logged_in) {
  auto in = session_with("barrier");
  const auto sealed = closed(some_key());
  BOOST_TEST(seal_of(barrier())->open(sealed.view()).ok());
  // Private objects are there for those who are logged in.
  BOOST_TEST(keys_in(in, sealed.view().subspan(id_at, id_bytes)).size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_sealing_key_is_none_of_the_keys_of_a_region) {
  const auto before = must(tokens().second->inventory());
  const auto sealed = must(seal_of(tokens().second_place)->close(some_key(), system_random()));
  BOOST_TEST((must(tokens().second->inventory()) == before));
  BOOST_TEST(seal_of(tokens().second_place)->open(sealed.view()).ok());
}

BOOST_AUTO_TEST_CASE(a_failed_closing_leaves_no_key_in_the_token) {
  auto in = session_with("barrier");
  attributes like;
  like.number(CKA_CLASS, CKO_SECRET_KEY).text(CKA_LABEL, label);
  const auto before = must(in.find(like)).size();
  BOOST_TEST(!seal_of(barrier())->close(bytes(8), system_random()).ok());
  BOOST_TEST(must(in.find(like)).size() == before);
}

BOOST_AUTO_TEST_CASE(a_keyring_goes_from_the_file_into_the_token_and_back) {
  const temporary_directory directory;
  const auto file = directory.path() / "keyring.key";
  auto& random = system_random();
  const auto plain = make_file_seal();
  const auto token = seal_of(barrier());
  const auto derived = [&](kek_seal& seal) {
    return hex_encode(must(keyring::open_or_create(file, seal, random)).derive("key").view());
  };
  const auto key = derived(*plain);
  kek_seal* current = plain.get();
  for (auto* next : {token.get(), token.get(), plain.get()}) {
    BOOST_REQUIRE(reseal(file, *current, *next, random).ok());
    BOOST_TEST(derived(*next) == key);
    current = next;
  }
  BOOST_TEST(failed_with(keyring::open_or_create(file, *token, random), error_code::unavailable));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::test
