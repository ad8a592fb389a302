#include <array>

#include "crypto/pkcs11/material.hpp"
#include "crypto/pkcs11/world.hpp"
#include "kit.hpp"

// What somebody gets who has the user's PIN and the wrapped keys: the use of keys, and no key.
namespace twinkeep::crypto {

namespace {

using namespace pkcs11;
using test::tokens;

const key_spec p256{key_type::ec, 0, curve::p256};
const key_spec aes256{key_type::oct, 0, curve::p256, 256};

CK_OBJECT_HANDLE installed_object(session& in, const generated_key& made) {
  const auto id = test::id_of(made);
  attributes like;
  like.octets(CKA_ID, id).yes(CKA_TOKEN);
  return test::must(in.find(like)).at(0);
}

// A key that he knows.
CK_OBJECT_HANDLE own_key(session& in) {
  static const bytes known(32, 1);
  attributes a;
  a.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES).no(CKA_TOKEN);
  a.yes(CKA_WRAP).yes(CKA_UNWRAP).octets(CKA_VALUE, known);
  return test::must(in.create(a));
}

CK_OBJECT_HANDLE own_public_key(session& in) {
  const auto pair = test::must(make_openssl_provider()->generate({}));
  attributes a;
  a.number(CKA_CLASS, CKO_PUBLIC_KEY).number(CKA_KEY_TYPE, CKK_RSA).no(CKA_TOKEN).yes(CKA_WRAP);
  a.octets(CKA_MODULUS, pair.pub.n).octets(CKA_PUBLIC_EXPONENT, pair.pub.e);
  return test::must(in.create(a));
}

method oaep() {
  static CK_RSA_PKCS_OAEP_PARAMS parameters{CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, nullptr,
                                            0};
  return {CKM_RSA_PKCS_OAEP, parameters};
}

world_key world_in(session& in) {
  return test::must(find_world(in)).value();
}

bool refuses(session& in, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, bool value) {
  attributes a;
  value ? a.yes(type) : a.no(type);
  return !in.change(object, a).ok() && !in.copy(object, a).ok();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hsm_attacks)

BOOST_AUTO_TEST_CASE(an_installed_key_does_not_leave_its_token) {
  for (const auto& spec : {p256, aes256}) {
    const auto made = test::installed_key(*tokens().second, spec);
    auto in = test::session_with("second");
    const auto object = installed_object(in, made);
    const auto own = own_key(in);
    const auto own_public = own_public_key(in);
    const auto world = world_in(in).handle;
    for (const auto type : {CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_PAD, CKM_AES_CBC}) {
      BOOST_TEST(!in.wrap(method{type}, own, object).ok());
      BOOST_TEST(!in.wrap(method{type}, world, object).ok());
    }
    BOOST_TEST(!in.wrap(oaep(), own_public, object).ok());
    BOOST_TEST(!in.read(object, CKA_VALUE).ok());
    BOOST_TEST(refuses(in, object, CKA_EXTRACTABLE, true));
    BOOST_TEST(refuses(in, object, CKA_SENSITIVE, false));
    BOOST_TEST(test::must(in.read(object, CKA_EXTRACTABLE)) == bytes{CK_FALSE});
    BOOST_TEST(test::must(in.read(object, CKA_SENSITIVE)) == bytes{CK_TRUE});
    BOOST_TEST(test::must(in.read(object, CKA_PRIVATE)) == bytes{CK_TRUE});
  }
}

// In every token of a world, the first and those that joined.
BOOST_AUTO_TEST_CASE(a_wrapped_key_opens_only_into_the_token) {
  const auto made = test::must(tokens().first->generate(aes256));
  const auto blob = test::must(read_material(made.material.view())).blob;
  for (const auto* const label : {"first", "second"}) {
    auto in = test::session_with(label);
    const auto world = world_in(in).handle;
    for (const auto type : {CKK_AES, CKK_GENERIC_SECRET}) {
      for (const bool is_sensitive : {true, false}) {
        for (const bool is_private : {true, false}) {
          attributes a;
          a.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, type).no(CKA_TOKEN);
          a.yes(CKA_EXTRACTABLE);
          is_sensitive ? a.yes(CKA_SENSITIVE) : a.no(CKA_SENSITIVE);
          is_private ? a.yes(CKA_PRIVATE) : a.no(CKA_PRIVATE);
          BOOST_TEST(!in.unwrap(by_world(), world, blob, a).ok());
        }
      }
      // Said to stay, and shown all the same.
      attributes readable;
      readable.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, type).no(CKA_TOKEN);
      readable.no(CKA_SENSITIVE).no(CKA_EXTRACTABLE).yes(CKA_PRIVATE);
      BOOST_TEST(!in.unwrap(by_world(), world, blob, readable).ok());
      // Left open: whatever the module makes of it, it is not to be had.
      attributes open;
      open.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, type).no(CKA_TOKEN);
      if (const auto object = in.unwrap(by_world(), world, blob, open)) {
        BOOST_TEST(!in.read(*object, CKA_VALUE).ok());
        BOOST_TEST(!in.wrap(method{CKM_AES_KEY_WRAP}, own_key(in), *object).ok());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_worlds_key_does_nothing_but_wrap) {
  const auto made = test::must(tokens().first->generate(p256));
  const auto blob = test::must(read_material(made.material.view())).blob;
  for (const auto* const label : {"first", "second"}) {
    auto in = test::session_with(label);
    const auto world = world_in(in).handle;
    for (const auto type : {CKM_AES_ECB, CKM_AES_CBC, CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_PAD}) {
      bytes iv(16);
      method how{type};
      if (type == CKM_AES_CBC) how = method{type, *iv.data()}, how.ulParameterLen = iv.size();
      BOOST_TEST(!in.decrypt(how, world, byte_view{blob}.first(32)).ok());
      BOOST_TEST(!in.encrypt(how, world, byte_view{blob}.first(32)).ok());
    }
    BOOST_TEST(!in.read(world, CKA_VALUE).ok());
    // Nor can it be made to.
    BOOST_TEST(refuses(in, world, CKA_DECRYPT, true));
    BOOST_TEST(refuses(in, world, CKA_ENCRYPT, true));
    BOOST_TEST(refuses(in, world, CKA_DERIVE, true));
    BOOST_TEST(refuses(in, world, CKA_MODIFIABLE, true));
    BOOST_TEST(refuses(in, world, CKA_SENSITIVE, false));
    BOOST_TEST(refuses(in, world, CKA_WRAP_WITH_TRUSTED, false));
    const std::array<CK_MECHANISM_TYPE, 1> ecb{CKM_AES_ECB};
    attributes mechanisms;
    mechanisms.octets(CKA_ALLOWED_MECHANISMS,
                      {reinterpret_cast<const std::uint8_t*>(ecb.data()), sizeof ecb});
    BOOST_TEST(!in.change(world, mechanisms).ok());
    BOOST_TEST(!in.copy(world, mechanisms).ok());
    attributes inner;
    inner.yes(CKA_EXTRACTABLE);
    attributes lax;
    lax.within(CKA_UNWRAP_TEMPLATE, inner);
    BOOST_TEST(!in.change(world, lax).ok());
    BOOST_TEST(!in.copy(world, lax).ok());
  }
}

BOOST_AUTO_TEST_CASE(the_worlds_key_leaves_only_under_a_trusted_key) {
  for (const auto* const label : {"first", "second"}) {
    auto in = test::session_with(label);
    const auto world = world_in(in).handle;
    const auto own = own_key(in);
    for (const auto type : {CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_PAD, CKM_AES_CBC}) {
      BOOST_TEST(!in.wrap(method{type}, own, world).ok());
      BOOST_TEST(!in.wrap(method{type}, world, world).ok());
    }
    const auto own_public = own_public_key(in);
    BOOST_TEST(!in.wrap(oaep(), own_public, world).ok());
    // The user trusts whom he likes, but the token does not care.
    BOOST_TEST(refuses(in, own_public, CKA_TRUSTED, true));
    BOOST_TEST(refuses(in, own, CKA_TRUSTED, true));
    BOOST_TEST(!in.wrap(oaep(), own_public, world).ok());
  }
}

// Whoever can write into a token puts a key that he knows where the world's key is.
BOOST_AUTO_TEST_CASE(a_key_in_the_place_of_the_worlds_key_is_found_out) {
  const auto place = test::make_token("planted");
  const auto world = tokens().first->world();
  const bytes known(32, 1);
  attributes a;
  a.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES).yes(CKA_TOKEN);
  a.yes(CKA_PRIVATE).yes(CKA_WRAP).yes(CKA_UNWRAP).octets(CKA_VALUE, known);
  a.octets(CKA_ID, world).text(CKA_LABEL, world_label);
  {
    auto in = test::session_with("planted");
    (void)test::must(in.create(a));
  }
  const auto opened = open_hsm_token(place);
  BOOST_TEST(test::failed_with(opened, error_code::unavailable));
  BOOST_TEST(opened.error().message.find("is not what its id says") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
