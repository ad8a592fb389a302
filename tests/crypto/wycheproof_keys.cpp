#include <map>
#include <optional>

#include "crypto/key_provider.hpp"
#include "support.hpp"

// tests/data/wycheproof/json_web_key.json: the private keys of its sets, imported.
namespace twinkeep::crypto {

namespace {

namespace json = boost::json;

// Nothing: not base64url. Empty: not there.
std::optional<bytes> member(const json::object& jwk, std::string_view name) {
  const auto* value = jwk.if_contains(name);
  if (value == nullptr) return bytes{};
  return base64url_decode(std::string_view{value->as_string()});
}

std::optional<private_jwk> read(const json::object& jwk) {
  private_jwk key;
  key.type = *find_key_type(std::string_view{jwk.at("kty").as_string()});
  if (const auto* crv = jwk.if_contains("crv")) {
    key.crv = *find_curve(std::string_view{crv->as_string()});
  }
  const std::pair<std::string_view, bytes private_jwk::*> numbers[]{{"n", &private_jwk::n},
                                                                    {"e", &private_jwk::e},
                                                                    {"x", &private_jwk::x},
                                                                    {"y", &private_jwk::y}};
  for (const auto& [name, part] : numbers) {
    auto value = member(jwk, name);
    if (!value) return std::nullopt;
    key.*part = std::move(*value);
  }
  const std::pair<std::string_view, secret_bytes private_jwk::*> secrets[]{
      {"d", &private_jwk::d},   {"p", &private_jwk::p},   {"q", &private_jwk::q},
      {"dp", &private_jwk::dp}, {"dq", &private_jwk::dq}, {"qi", &private_jwk::qi},
      {"k", &private_jwk::k}};
  for (const auto& [name, part] : secrets) {
    const auto value = member(jwk, name);
    if (!value) return std::nullopt;
    key.*part = secret_bytes::copy_of(*value);
  }
  return key;
}

// The file judges how a reader of JWS treats a set of keys. Of that an import sees the numbers:
// what `alg`, `use` and `kid` say, or that one kind of key stands beside another, it does not see.
// HMAC keys of 32 bytes are AES keys to it; all other sizes are not served.
constexpr std::string_view imported = "";
const std::map<std::string_view, std::string_view> expected{
    {"rs256", imported},
    {"jws_keyset", imported},
    {"jws_duplicate_kid", imported},
    {"wrong_algorithm", imported},
    {"invalid_algorithm", imported},
    {"invalid_use", imported},
    {"invalid_aes_gcm_key", imported},
    {"invalid_aes_kw_key", imported},
    {"jws_mixedSymmetryKeyset", "EC key: d is missing"},  // the one of the two that is not AES
    {"jws_rsa_roca_key", "RSA key: expected n of 2048, 3072 or 4096 bits, found 2049"},
    {"keysize_too_small", "RSA key: expected n of 2048, 3072 or 4096 bits, found 1024"},
    {"exponentOne", "RSA key: expected e to be odd and greater than 1"},
    {"invalid_point", "EC key: x and y"},
    {"wrong_curve", "EC key: x and y"},
    {"wrong_kty", "RSA key: n is missing"},
    {"HS256", "symmetric key: "},
    {"HS384", "symmetric key: "},
    {"HS512", "symmetric key: "},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(wycheproof_keys)

BOOST_AUTO_TEST_CASE(keys_are_imported_or_refused_for_their_numbers) {
  const auto provider = make_openssl_provider();
  const auto content = test::read_json("wycheproof/json_web_key.json");
  int taken = 0;
  int refused = 0;
  int not_read = 0;
  for (const auto& group : content.at("testGroups").as_array()) {
    const std::string_view comment = group.at("comment").as_string();
    for (const auto& jwk : group.at("private").at("keys").as_array()) {
      BOOST_TEST_CONTEXT(comment) {
        const auto key = read(jwk.as_object());
        if (!key) {  // trailing bits that are not zero: what reads the request refuses it
          BOOST_TEST(comment == "jws_duplicate_kid");
          ++not_read;
          continue;
        }
        const auto made = provider->import_key(*key);
        ++(made.ok() ? taken : refused);
        const auto reason = expected.at(comment);
        if (made.ok()) {
          BOOST_TEST((reason == imported || jwk.at("kty") == "oct"));
          BOOST_TEST(provider->load(made->material.view()).ok());
        } else {
          BOOST_TEST(reason != imported);
          BOOST_TEST(made.error().message.starts_with(reason), made.error().message);
        }
      }
    }
  }
  BOOST_TEST_MESSAGE("json_web_key.json: " << taken << " imported, " << refused << " refused, "
                                           << not_read << " not read");
  BOOST_TEST(taken == 11);
  BOOST_TEST(refused == 16);
  BOOST_TEST(not_read == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
