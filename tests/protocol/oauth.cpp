#include "protocol/token/oauth.hpp"

#include "support.hpp"

namespace twinkeep::protocol::token {

using test::has;

namespace {

const std::string good =
    "client_id=c&client_secret=s&grant_type=client_credentials&scope=https%3A%2F%2Fvault%3A8443%2F"
    ".default";

std::string refused(std::string_view form, bool v1 = false) {
  const auto request = read_token_request(form, v1);
  if (request) return "ok";
  const auto& e = request.error();
  return std::to_string(e.status) + ' ' + e.error + ' ' + std::to_string(e.number);
}

std::string form(std::string_view scope) {
  return "client_id=c&client_secret=s&grant_type=client_credentials&scope=" + std::string(scope);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_requests)

BOOST_AUTO_TEST_CASE(what_the_js_sdk_sends) {
  const auto request = read_token_request(
      good +
          "&client-request-id=1&x-client-SKU=msal.js.node&x-client-VER=5.6.0&x-ms-lib-capability="
          "retry-after%2C+h429&claims=%7B%22access_token%22%3A%7B%7D%7D",
      false);
  BOOST_TEST_REQUIRE(request.ok());
  BOOST_TEST(request->client_id == "c");
  BOOST_TEST(test::text_of(request->client_secret) == "s");
  BOOST_TEST(request->resource == "https://vault:8443");
  BOOST_TEST(!request->v1);
}

BOOST_AUTO_TEST_CASE(a_secret_is_decoded_as_forms_are) {
  const auto request = read_token_request(
      "client_secret=a%2Bb+c%25%26%3D~=x&client_id=c&scope=r/"
      ".default&grant_type=client_credentials",
      false);
  BOOST_TEST_REQUIRE(request.ok());
  BOOST_TEST(test::text_of(request->client_secret) == "a+b c%&=~=x");
}

BOOST_AUTO_TEST_CASE(the_first_version_has_a_resource) {
  const std::string v1 = "grant_type=client_credentials&client_id=c&client_secret=s&resource=";
  const auto request = read_token_request(v1 + "https://vault", true);
  BOOST_TEST_REQUIRE(request.ok());
  BOOST_TEST(request->resource == "https://vault");
  BOOST_TEST(request->v1);
  BOOST_TEST(refused(v1, true) == "400 invalid_request 900144");
  BOOST_TEST(refused(good, true) == "400 invalid_request 900144");
  BOOST_TEST(refused(v1 + "https://vault", false) == "400 invalid_request 900144");
}

BOOST_AUTO_TEST_CASE(a_scope_is_one_resource) {
  BOOST_TEST(refused(form("r/.default")) == "ok");
  BOOST_TEST(refused(form("openid+r/.default+profile++offline_access")) == "ok");
  for (const auto* wrong : {"r", "/.default", "r/.defaults", "r/.Default", "a/.default+b/.default",
                            "r/.default+x", "openid", "+"}) {
    BOOST_TEST(refused(form(wrong)) == "400 invalid_scope 70011", wrong);
  }
  BOOST_TEST(refused(form("")) == "400 invalid_request 900144");
}

BOOST_AUTO_TEST_CASE(what_is_absent_is_named) {
  BOOST_TEST(refused("") == "400 invalid_request 900144");
  BOOST_TEST(refused("grant_type=client_credentials") == "400 invalid_request 900144");
  BOOST_TEST(refused("grant_type=client_credentials&client_id=c") == "401 invalid_client 7000216");
  BOOST_TEST(refused("grant_type=client_credentials&client_id=c&client_secret=") ==
             "401 invalid_client 7000216");
  BOOST_TEST(refused("grant_type=client_credentials&client_id=c&client_assertion=x") ==
             "401 invalid_client 7000216");
  BOOST_TEST(refused("grant_type=password&client_id=c") == "400 unsupported_grant_type 70003");
  const auto request = read_token_request("grant_type=client_credentials", false);
  BOOST_TEST(has(request.error().description, "'client_id'"));
}

BOOST_AUTO_TEST_CASE(what_is_no_form_is_refused) {
  const std::string refusal = "400 invalid_request 9000411";
  for (const auto* wrong : {"&client_id=d", "&scope=x", "&client_secret=x", "&grant_type=x"}) {
    BOOST_TEST(refused(good + wrong) == refusal, wrong);
  }
  for (const auto* wrong : {"client_id=%", "client_id=%4", "client_secret=%zz", "%=a",
                            "client_id=%FF", "client_secret=\xFF", "client%5=d"}) {
    BOOST_TEST(refused(wrong) == refusal, wrong);
  }
  BOOST_TEST(refused("&&" + good + "&&=&x") == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(token_answers)

BOOST_AUTO_TEST_CASE(an_answer_of_each_version) {
  token_request request;
  request.resource = "https://vault";
  BOOST_TEST(write_token_answer(request, "a.b.c", 1000, 4599) ==
             R"({"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,)"
             R"("access_token":"a.b.c"})");
  request.v1 = true;
  BOOST_TEST(write_token_answer(request, "a.b.c", 1000, 4599) ==
             R"({"token_type":"Bearer","expires_in":"3599","ext_expires_in":"3599",)"
             R"("expires_on":"4599","not_before":"1000","resource":"https://vault",)"
             R"("access_token":"a.b.c"})");
  BOOST_TEST(has(write_token_answer(request, "a", 5, 1), R"("expires_in":"0")"));
}

BOOST_AUTO_TEST_CASE(an_error_has_what_msal_reads) {
  const oauth_error e{401, "invalid_client", 7000215, "Invalid \"secret\"."};
  BOOST_TEST(write_oauth_error(e, "2030-01-02 03:04:05Z", "trace", "correlation") ==
             R"({"error":"invalid_client","error_description":"AADSTS7000215: Invalid \"secret\".)"
             R"( Trace ID: trace Correlation ID: correlation Timestamp: 2030-01-02 03:04:05Z",)"
             R"("error_codes":[7000215],"timestamp":"2030-01-02 03:04:05Z","trace_id":"trace",)"
             R"("correlation_id":"correlation"})");
}

BOOST_AUTO_TEST_CASE(discovery_has_the_four_endpoints_on_the_authority) {
  const auto text = write_openid_configuration("https://login.localhost:8443", "tenant");
  const std::string root = "https://login.localhost:8443/tenant";
  for (const auto& member : {R"("issuer":")" + root + R"(/v2.0")",
                             R"("token_endpoint":")" + root + R"(/oauth2/v2.0/token")",
                             R"("authorization_endpoint":")" + root + R"(/oauth2/v2.0/authorize")",
                             R"("jwks_uri":")" + root + R"(/discovery/v2.0/keys")",
                             R"("end_session_endpoint":")" + root + R"(/oauth2/v2.0/logout")",
                             std::string(R"("response_types_supported":["token"])"),
                             std::string(R"("subject_types_supported":["pairwise"])"),
                             std::string(R"("id_token_signing_alg_values_supported":["RS256"])"),
                             std::string(R"("tenant_region_scope":"WW")"),
                             std::string(R"("cloud_instance_name":"login.localhost:8443")")}) {
    BOOST_TEST(has(text, member), member << " is not in " << text);
  }
}

BOOST_AUTO_TEST_CASE(the_challenge_is_literal) {
  BOOST_TEST(challenge("https://login.localhost:8443", "tenant", "https://vault.localhost:8443") ==
             "Bearer authorization=\"https://login.localhost:8443/tenant\", "
             "resource=\"https://vault.localhost:8443\"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::token
