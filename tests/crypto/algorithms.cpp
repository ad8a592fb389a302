#include "crypto/algorithms.hpp"

#include <set>

#include "crypto/key_provider.hpp"
#include "support.hpp"

namespace twinkeep::crypto {

BOOST_AUTO_TEST_SUITE(algorithm_table)

BOOST_AUTO_TEST_CASE(it_has_the_algorithms_of_the_contract) {
  const std::set<std::string_view> expected{"RSA1_5",
                                            "RSA-OAEP",
                                            "RSA-OAEP-256",
                                            "RS256",
                                            "RS384",
                                            "RS512",
                                            "PS256",
                                            "PS384",
                                            "PS512",
                                            "RSNULL",
                                            "ES256",
                                            "ES256K",
                                            "ES384",
                                            "ES512",
                                            "A128GCM",
                                            "A192GCM",
                                            "A256GCM",
                                            "A128CBC",
                                            "A192CBC",
                                            "A256CBC",
                                            "A128CBCPAD",
                                            "A192CBCPAD",
                                            "A256CBCPAD",
                                            "A128KW",
                                            "A192KW",
                                            "A256KW",
                                            "CKM_AES_KEY_WRAP",
                                            "CKM_AES_KEY_WRAP_PAD"};
  std::set<std::string_view> found;
  for (const auto& row : algorithms()) {
    found.insert(row.name);
    BOOST_TEST(find_algorithm(row.name) == &row);
  }
  BOOST_TEST((found == expected));
}

BOOST_AUTO_TEST_CASE(names_are_case_sensitive_and_whole) {
  for (const std::string_view name : {"", "rs256", "RS25", "RS2566", "none", "HS256", "RSA"}) {
    BOOST_TEST(find_algorithm(name) == nullptr, "found: " << name);
  }
}

BOOST_AUTO_TEST_CASE(lengths_are_those_of_the_contract) {
  const auto row = [](std::string_view name) { return *find_algorithm(name); };
  BOOST_TEST(row("RS384").digest_bytes == 48u);
  BOOST_TEST(row("PS512").digest_bytes == 64u);
  BOOST_TEST(row("ES256K").digest_bytes == 32u);
  BOOST_TEST(row("ES512").digest_bytes == 64u);
  BOOST_TEST(row("RSNULL").digest_bytes == 0u);
  BOOST_TEST(row("RSNULL").rsa_overhead_bytes == 11u);
  BOOST_TEST(row("RSA1_5").rsa_overhead_bytes == 11u);
  BOOST_TEST(row("RSA-OAEP").rsa_overhead_bytes == 42u);
  BOOST_TEST(row("RSA-OAEP-256").rsa_overhead_bytes == 66u);
  BOOST_TEST(row("RSNULL").signs());
  BOOST_TEST(!row("RSA1_5").signs());
}

BOOST_AUTO_TEST_CASE(curves_are_found_by_name_and_alias) {
  for (const auto id : {curve::p256, curve::p256k, curve::p384, curve::p521}) {
    BOOST_TEST((facts_of(id).id == id));
    BOOST_TEST((find_curve(facts_of(id).name) == id));
  }
  BOOST_TEST((find_curve("P-256K") == curve::p256k));
  BOOST_TEST((find_curve("SECP256K1") == curve::p256k));
  BOOST_TEST(facts_of(curve::p521).coordinate_bytes == 66u);
  for (const std::string_view name : {"", "p-256", "secp256k1", "P-224"}) {
    BOOST_TEST(!find_curve(name), "found: " << name);
  }
}

BOOST_AUTO_TEST_CASE(a_key_fits_the_algorithms_of_its_type_and_curve) {
  public_key rsa;
  BOOST_TEST(check_fit(rsa, *find_algorithm("PS256")).ok());
  public_key ec;
  ec.type = key_type::ec;
  ec.crv = curve::p384;
  BOOST_TEST(check_fit(ec, *find_algorithm("ES384")).ok());

  const auto wrong_type = check_fit(rsa, *find_algorithm("ES256"));
  BOOST_REQUIRE(!wrong_type.ok());
  BOOST_TEST((wrong_type.error().code == error_code::bad_input));
  BOOST_TEST(wrong_type.error().message ==
             "ES256 needs an EC key of curve P-256, this is an RSA key.");
  const auto wrong_curve = check_fit(ec, *find_algorithm("ES256K"));
  BOOST_REQUIRE(!wrong_curve.ok());
  BOOST_TEST(wrong_curve.error().message ==
             "ES256K needs an EC key of curve P-256K, this is an EC key of curve P-384.");
  BOOST_TEST(!check_fit(ec, *find_algorithm("RSA-OAEP")).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
