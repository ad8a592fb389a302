#include <boost/test/unit_test.hpp>

#include "actors/gateway/answer.hpp"

namespace twinkeep::actors::tests {

namespace {

std::string written(const answer& a, const response_lines& lines) {
  crypto::wiping_chars out;
  write_response(out, a, lines);
  return {out.begin(), out.end()};
}

response_lines some_lines() {
  return {.request_id = "an-id",
          .client_request_id = {},
          .network_info = "conn_type=Ipv4;",
          .date = "a date",
          .close = false,
          .without_body = false};
}

bool has_line(const std::string& response, const std::string& line) {
  return response.find("\r\n" + line + "\r\n") < response.find("\r\n\r\n");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway_answer)

BOOST_AUTO_TEST_CASE(every_answer_has_the_lines_of_the_contract) {
  auto a = json_answer(200, R"({"value":1})");
  a.region = "eastus2";
  auto lines = some_lines();
  lines.client_request_id = "aB-\"7\"";
  const auto text = written(a, lines);
  BOOST_TEST(text.starts_with("HTTP/1.1 200 OK\r\n"));
  BOOST_TEST(text.ends_with("\r\n\r\n{\"value\":1}"));
  for (const auto* line :
       {"Cache-Control: no-cache", "Pragma: no-cache", "Expires: -1",
        "Content-Type: application/json; charset=utf-8", "Content-Length: 11",
        "x-ms-keyvault-region: eastus2", "x-ms-request-id: an-id",
        "x-ms-client-request-id: aB-\"7\"", "x-ms-keyvault-network-info: conn_type=Ipv4;",
        "X-Content-Type-Options: nosniff", "Date: a date",
        "Strict-Transport-Security: max-age=31536000;includeSubDomains"}) {
    BOOST_TEST(has_line(text, line), line);
  }
  for (const auto* absent : {"Connection", "WWW-Authenticate", "Retry-After", "Server"}) {
    BOOST_TEST(text.find(absent) == std::string::npos, absent);
  }
}

BOOST_AUTO_TEST_CASE(no_content_has_neither_type_nor_length) {
  answer a;
  a.status = 204;
  const auto text = written(a, some_lines());
  BOOST_TEST(text.starts_with("HTTP/1.1 204 No Content\r\n"));
  BOOST_TEST(text.find("Content-Length") == std::string::npos);
  BOOST_TEST(text.find("Content-Type:") == std::string::npos);
  BOOST_TEST(text.ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(a_refusal_says_when_to_come_again) {
  const auto text = written(refusal(protocol::throttled(7), "westus3"), some_lines());
  BOOST_TEST(text.starts_with("HTTP/1.1 429 Too Many Requests\r\n"));
  BOOST_TEST(has_line(text, "Retry-After: 7"));
  BOOST_TEST(has_line(text, "x-ms-keyvault-region: westus3"));
  BOOST_TEST(text.find(R"({"error":{"code":"Throttled")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_answer_to_head_has_the_length_of_what_is_not_sent) {
  auto lines = some_lines();
  lines.without_body = true;
  lines.close = true;
  const auto text = written(json_answer(405, "{}"), lines);
  BOOST_TEST(has_line(text, "Content-Length: 2"));
  BOOST_TEST(has_line(text, "Connection: close"));
  BOOST_TEST(text.ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(long_lines_fit) {
  auto a = json_answer(401, "{}");
  a.challenge = std::string(5000, 'c');
  auto lines = some_lines();
  const std::string id(12'000, 'i');
  lines.client_request_id = id;
  const auto text = written(a, lines);
  BOOST_TEST(has_line(text, "WWW-Authenticate: " + a.challenge));
  BOOST_TEST(has_line(text, "x-ms-client-request-id: " + id));
}

BOOST_AUTO_TEST_CASE(dates_are_those_of_http) {
  BOOST_TEST(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110 §5.6.7
  BOOST_TEST(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  BOOST_TEST(http_date(951'827'696) == "Tue, 29 Feb 2000 12:34:56 GMT");
}

// The assignment is told where a role has let the request in, and a client that is not known not.
BOOST_AUTO_TEST_CASE(who_came_from_where_is_told_if_it_is_known) {
  auto lines = some_lines();
  lines.assignment = "0123456789abcdef0123456789abcdef";
  BOOST_TEST(has_line(written({}, lines),
                      "x-ms-keyvault-rbac-assignment-id: 0123456789abcdef0123456789abcdef"));
  lines.assignment = {};
  lines.network_info = {};
  const auto text = written({}, lines);
  BOOST_TEST(text.find("rbac") == std::string::npos);
  BOOST_TEST(text.find("network-info") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
