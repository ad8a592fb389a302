#include "protocol/token/openid.hpp"

#include "token_kit.hpp"

namespace twinkeep::protocol::token {

using test::has;
using test::said;

namespace {

const std::string tenant = "0a0a0a0a-0000-4000-8000-000000000001";

bool fits(std::string_view issuer, std::string_view name) {
  return is_of_issuer({std::string(issuer), "https://h/keys"}, name, tenant);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(openid_configurations)

BOOST_AUTO_TEST_CASE(the_issuer_and_the_address_of_its_keys_are_read) {
  const auto read = read_openid_document(as_bytes(
      R"({"token_endpoint":"https://h/t","issuer":"https://h/","jwks_uri":"https://h/keys",)"
      R"("response_types_supported":["code"],"mtls_endpoint_aliases":{"a":null}})"));
  BOOST_TEST_REQUIRE(read.ok(), said(read));
  BOOST_TEST(read->issuer == "https://h/");
  BOOST_TEST(read->key_set_uri == "https://h/keys");
}

BOOST_AUTO_TEST_CASE(what_is_no_configuration_is_refused) {
  for (const std::string_view text :
       {"", "[]", "{", "{}", R"({"issuer":"i"})", R"({"jwks_uri":"u"})",
        R"({"issuer":"","jwks_uri":"u"})", R"({"issuer":1,"jwks_uri":"u"})",
        R"({"issuer":"i","jwks_uri":["u"]})", R"({"issuer":"i","jwks_uri":null})"}) {
    BOOST_TEST(!read_openid_document(as_bytes(text)).ok(), text);
  }
  BOOST_TEST(has(said(read_openid_document(
                     as_bytes(R"({"issuer":"i","jwks_uri":"https://a","jwks_uri":"https://b"})"))),
                 "comes twice"));
  const auto deep = std::string(2000, '[') + std::string(2000, ']');
  BOOST_TEST(
      !read_openid_document(as_bytes(R"({"issuer":"i","jwks_uri":"u","x":)" + deep + '}')).ok());
}

BOOST_AUTO_TEST_CASE(a_configuration_is_that_of_the_issuer_it_names) {
  const auto v2 = "https://login.microsoftonline.com/" + tenant + "/v2.0";
  BOOST_TEST(fits(v2, v2));
  BOOST_TEST(fits("https://login.microsoftonline.com/{tenantid}/v2.0", v2));
  BOOST_TEST(!fits("https://login.microsoftonline.com/{tenantid}/v2.0/", v2));
  BOOST_TEST(!fits("https://login.microsoftonline.com/{tenant}/v2.0", v2));
  BOOST_TEST(!fits("https://elsewhere.example/{tenantid}/v2.0", v2));
  BOOST_TEST(!fits(v2 + "/", v2));
  BOOST_TEST(!fits("", v2));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::token
