#include <array>

#include "crypto/digest.hpp"
#include "support.hpp"

namespace twinkeep::crypto {

BOOST_AUTO_TEST_SUITE(encodings)

struct pair {
  std::string_view plain;
  std::string_view encoded;
};
// RFC 4648 §10.
constexpr std::array base64_pairs{pair{"", ""},
                                  pair{"f", "Zg=="},
                                  pair{"fo", "Zm8="},
                                  pair{"foo", "Zm9v"},
                                  pair{"foob", "Zm9vYg=="},
                                  pair{"fooba", "Zm9vYmE="},
                                  pair{"foobar", "Zm9vYmFy"}};

BOOST_AUTO_TEST_CASE(base64_is_that_of_rfc_4648) {
  for (const auto& [plain, encoded] : base64_pairs) {
    const auto unpadded = encoded.substr(0, encoded.find('='));
    BOOST_TEST(base64_encode(as_bytes(plain)) == encoded);
    BOOST_TEST(base64url_encode(as_bytes(plain)) == unpadded);
    for (const auto text : {encoded, unpadded}) {
      for (const auto& decoded : {base64url_decode(text), base64_decode(text)}) {
        BOOST_REQUIRE_MESSAGE(decoded, text);
        BOOST_TEST(as_text(*decoded) == plain);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(base64url_has_an_alphabet_of_its_own) {
  const bytes data{0xfb, 0xef, 0xff};
  BOOST_TEST(base64url_encode(data) == "--__");
  BOOST_TEST(base64_encode(data) == "++//");
  BOOST_TEST((base64url_decode("--__") == data));
  BOOST_TEST(!base64url_decode("++//"));
  BOOST_TEST((base64_decode("++//") == data));
  BOOST_TEST(!base64_decode("--__"));
}

BOOST_AUTO_TEST_CASE(every_octet_survives_base64_and_hex) {
  bytes data;
  for (int i = 0; i < 256; ++i) {
    data.push_back(static_cast<std::uint8_t>(i));
    BOOST_TEST((base64url_decode(base64url_encode(data)) == data));
    BOOST_TEST((base64_decode(base64_encode(data)) == data));
    BOOST_TEST((hex_decode(hex_encode(data)) == data));
  }
}

BOOST_AUTO_TEST_CASE(what_no_encoder_writes_is_refused) {
  for (const std::string_view text :
       {"A",        "AAAAA", "=",     "==",     "A=",     "A==",  "A===",
        "AA=",      "AA===", "AAA==", "AAAA=",  "AAAA==", "AA=A", "=AAA",
        "AA==AA==", "AA A",  " AAAA", "AAAA\n", "AA.A",   "AA+-", "AA\xc3\xa4"}) {
    BOOST_TEST(!base64url_decode(text), "accepted: " << text);
    BOOST_TEST(!base64_decode(text), "accepted: " << text);
  }
  BOOST_TEST(!base64url_decode(std::string_view("AA\0A", 4)));
  BOOST_TEST(!base64_decode(std::string_view("AA\0A", 4)));
}

BOOST_AUTO_TEST_CASE(two_base64url_texts_never_mean_one_value) {
  // "Zg" is 'f'; the four unused bits of the last digit are not zero in the others.
  for (const std::string_view text : {"Zh", "Zi", "Zp", "Zh==", "Zm9", "Zm-", "Zm9="}) {
    BOOST_TEST(!base64url_decode(text), "accepted: " << text);
    BOOST_TEST(!base64_decode(text), "accepted: " << text);
  }
  BOOST_TEST(base64url_decode("Zm8").has_value());
}

BOOST_AUTO_TEST_CASE(hex_is_lower_case_and_of_even_length) {
  BOOST_TEST(hex_encode(bytes{0x00, 0x9a, 0xff}) == "009aff");
  BOOST_TEST((hex_decode("009aFF") == bytes{0x00, 0x9a, 0xff}));
  for (const std::string_view text : {"0", "0g", "g0", "0x00", " 0", "000"}) {
    BOOST_TEST(!hex_decode(text), "accepted: " << text);
  }
}

BOOST_AUTO_TEST_CASE(comparison_sees_every_difference) {
  const bytes a{1, 2, 3};
  BOOST_TEST(equal_in_constant_time(a, bytes{1, 2, 3}));
  BOOST_TEST(equal_in_constant_time({}, {}));
  for (const auto& other : {bytes{0, 2, 3}, bytes{1, 2, 4}, bytes{1, 2}, bytes{1, 2, 3, 0}}) {
    BOOST_TEST(!equal_in_constant_time(a, other));
  }
}

BOOST_AUTO_TEST_CASE(sha256_is_that_of_fips_180) {
  BOOST_TEST(hex_encode(sha256(as_bytes("abc"))) ==
             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(hex_encode(sha256({})) ==
             "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
