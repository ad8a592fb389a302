// The lines of the audit log: their fields, their bounds, and what cannot be done to them.
#include "protocol/audit_line.hpp"

#include <boost/test/unit_test.hpp>

#include "protocol/operations.hpp"
#include "simdjson.h"

namespace twinkeep::protocol::tests {

namespace {

using namespace std::chrono_literals;

audit_record a_record() {
  audit_record r;
  r.time_ms = 1'709'210'096'007;  // 2024-02-29T12:34:56.007Z
  r.vault = "demo";
  r.operation = "SecretGet";
  r.api_version = "7.4";
  r.status = 200;
  r.status_text = "OK";
  r.took = 12'999us;
  r.address = "203.0.113.7";
  r.address_type = "PublicIP";
  r.client_request_id = "0FCA1D50-0000-4000-8000-00000000ABCD";
  r.request_id = "11111111-2222-3333-4444-555555555555";
  r.object_id = "an-object";
  r.application_id = "an-application";
  r.client_info = "curl/8";
  r.origin = "https://demo.vault.localhost:8443";
  r.target = "/secrets/n?api-version=7.4";
  r.collection = "secrets";
  r.name = "n";
  r.region = "eastus2";
  r.mode = "read_write";
  return r;
}

struct writer {
  audit_line_writer under_test{"sub-One"};
  std::string line(const audit_record& r) { return std::string{under_test.write(r)}; }
  // A member by its JSON pointer, as it reads; the line must be one line of JSON in ASCII.
  std::string member(const audit_record& r, std::string_view pointer) {
    const auto text = line(r);
    BOOST_TEST(text.size() <= audit_line_writer::longest);
    BOOST_TEST(std::ranges::count(text, '\n') == 1);
    BOOST_TEST(text.back() == '\n');
    BOOST_TEST(
        std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); }));
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    BOOST_REQUIRE_MESSAGE(!parser.parse(text).get(document), text);
    std::string_view value;
    BOOST_REQUIRE_MESSAGE(!document.at_pointer(pointer).get(value), pointer << " in " << text);
    return std::string{value};
  }
};

constexpr std::string_view uri = "/properties/requestUri";
constexpr std::string_view client = "/properties/clientInfo";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_line, writer)

BOOST_AUTO_TEST_CASE(a_line_is_a_record_of_azures_log) {
  auto r = a_record();
  BOOST_TEST(
      line(r) ==
      R"({"time":"2024-02-29T12:34:56.0070000Z",)"
      R"("resourceId":"/SUBSCRIPTIONS/SUB-ONE/RESOURCEGROUPS/TWINKEEP/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/DEMO",)"
      R"("operationName":"SecretGet","operationVersion":"7.4","category":"AuditEvent",)"
      R"("resultType":"Success","resultSignature":"OK","resultDescription":"","durationMs":"12",)"
      R"("callerIpAddress":"203.0.113.7","correlationId":"0FCA1D50-0000-4000-8000-00000000ABCD",)"
      R"("identity":{"claim":{"http://schemas.microsoft.com/identity/claims/objectidentifier":"an-object","appid":"an-application"}},)"
      R"("properties":{"httpStatusCode":200,"clientInfo":"curl/8",)"
      R"("requestUri":"https://demo.vault.localhost:8443/secrets/n?api-version=7.4",)"
      R"("id":"https://demo.vault.localhost:8443/secrets/n",)"
      R"("requestId":"11111111-2222-3333-4444-555555555555","region":"eastus2",)"
      R"("vaultMode":"read_write","isReadOnly":false,"addrAuthType":"PublicIP"}})"
      "\n");
  r.user_name = "Zoë@example";
  BOOST_TEST(
      member(r,
             "/identity/claim/http:~1~1schemas.xmlsoap.org~1ws~12005~105~1identity~1claims~1upn") ==
      "Zoë@example");
  r.resource_group = "blue";
  BOOST_TEST(member(r, "/resourceId").find("/RESOURCEGROUPS/BLUE/") != std::string::npos);
  r.version = "00ff";
  BOOST_TEST(member(r, "/properties/id") == "https://demo.vault.localhost:8443/secrets/n/00ff");
}

BOOST_AUTO_TEST_CASE(every_operation_of_the_table_gives_its_name) {
  auto r = a_record();
  for (const auto& op : operations()) {
    r.operation = op.name;
    BOOST_TEST(member(r, "/operationName") == op.name);
  }
}

BOOST_AUTO_TEST_CASE(the_time_follows_the_record) {
  auto r = a_record();
  const std::pair<std::int64_t, const char*> times[] = {
      {0, "1970-01-01T00:00:00.0000000Z"},
      {999, "1970-01-01T00:00:00.9990000Z"},
      {1000, "1970-01-01T00:00:01.0000000Z"},
      {951'782'400'120, "2000-02-29T00:00:00.1200000Z"}};
  for (const auto& [ms, text] : times) {
    r.time_ms = ms;
    BOOST_TEST(member(r, "/time") == text);
  }
}

BOOST_AUTO_TEST_CASE(a_failure_tells_its_codes) {
  auto r = a_record();
  r.status = 403;
  r.status_text = "Forbidden";
  r.code = "Forbidden";
  BOOST_TEST(member(r, "/resultType") == "Failed");
  BOOST_TEST(member(r, "/resultDescription") == "Forbidden");
  r.inner = "VaultReadOnly";
  BOOST_TEST(member(r, "/resultDescription") == "Forbidden, VaultReadOnly");
}

BOOST_AUTO_TEST_CASE(only_a_guid_becomes_the_correlation) {
  auto r = a_record();
  for (const auto* no_guid :
       {"", "0FCA1D50", "0FCA1D50-0000-4000-8000-00000000ABCG",
        "0FCA1D50+0000-4000-8000-00000000ABCD", "{0FCA1D50-0000-4000-8000-0000000AB}"}) {
    r.client_request_id = no_guid;
    BOOST_TEST(member(r, "/correlationId") == r.request_id);
  }
}

BOOST_AUTO_TEST_CASE(nothing_a_client_sends_leaves_its_string_or_its_line) {
  const std::string all_octets = [] {
    std::string s;
    for (int i = 0; i < 128; ++i) s += static_cast<char>(i);
    return s;
  }();
  const std::string attempts[] = {"\"}\n{\"operationName\":\"Forged\"}",
                                  "\\\"},\"operationName\":\"Forged\",\"x\":{\"y\":\"",
                                  "\r\n\t\b\f\\",
                                  std::string("\0", 1),
                                  "\xE2\x80\xA8 \xE2\x80\xA9 \xC2\x85",
                                  "\xF0\x9F\x94\x91",
                                  "seven77\"eight888\\",
                                  all_octets};
  for (const auto& attempt : attempts) {
    // What is long once it is escaped is cut.
    const auto is_kept = [&](const std::string& found) {
      return found == attempt ||
             (attempt == all_octets && !found.empty() && attempt.starts_with(found));
    };
    auto r = a_record();
    r.client_info = attempt;
    BOOST_TEST(is_kept(member(r, client)));
    BOOST_TEST(member(r, "/operationName") == "SecretGet");
    r.user_name = r.object_id = r.application_id = r.client_request_id = attempt;
    r.target = r.name = r.origin = r.vault = attempt;
    BOOST_TEST(member(r, "/operationName") == "SecretGet");
    BOOST_TEST(is_kept(member(r, "/identity/claim/appid")));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_utf8_is_replaced) {
  const std::pair<std::string, std::string> texts[] = {
      {"\xFF", "\uFFFD"},
      {"a\x80z", "a\uFFFDz"},
      {"\xC0\xAF", "\uFFFD\uFFFD"},
      {"\xE2\x80", "\uFFFD\uFFFD"},
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
      {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"}};
  for (const auto& [sent, read] : texts) {
    auto r = a_record();
    r.client_info = sent;
    BOOST_TEST(member(r, client) == read);
  }
}

BOOST_AUTO_TEST_CASE(however_long_a_text_the_line_fits) {
  for (const std::string_view filling : {"x", "\n", "\xF0\x9F\x94\x91", "\xFF", "\"", "/a?b=c&"}) {
    std::string flood;
    while (flood.size() < 20'000) flood += filling;
    audit_record r;
    r.vault = r.resource_group = r.operation = r.api_version = r.status_text = r.code = r.inner =
        flood;
    r.address = r.address_type = r.client_request_id = r.request_id = flood;
    r.object_id = r.user_name = r.application_id = r.client_info = flood;
    r.origin = r.target = r.collection = r.name = r.version = r.region = r.mode = flood;
    r.status = 4'000'000'000;
    r.took = std::chrono::nanoseconds::max();
    audit_line_writer other{flood};
    BOOST_TEST(other.write(r).size() <= audit_line_writer::longest);
    const auto read = member(r, client);
    BOOST_TEST(!read.empty());
    BOOST_TEST(read.size() <= 256u);
  }
}

BOOST_AUTO_TEST_CASE(of_the_query_only_what_is_known_is_told) {
  const std::pair<const char*, const char*> targets[] = {
      {"/secrets", "/secrets"},
      {"/secrets?", "/secrets"},
      {"/secrets?api%2Dversion=7.4", "/secrets?api%2Dversion=7.4"},
      {"/secrets?API-Version=7.4&maxresults=5", "/secrets?API-Version=7.4&maxresults=5"},
      {"/secrets?$skiptoken=abc&api-version=7.4", "/secrets?api-version=7.4"},
      {"/secrets?%24skiptoken=abc", "/secrets"},
      {"/secrets?api-version=7.4&access_token=abc&&x", "/secrets?api-version=7.4"},
      {"/secrets?api%2=1&=2&%=3", "/secrets"},
      {"/secrets?a?api-version=1", "/secrets"}};
  for (const auto& [sent, told] : targets) {
    auto r = a_record();
    r.target = sent;
    BOOST_TEST(member(r, uri) == std::string{r.origin} + told);
  }
  auto r = a_record();
  const auto long_name = "/secrets?" + std::string(5000, 'n') + "=1&" + std::string(47, 'n') + "%";
  r.target = long_name;
  BOOST_TEST(member(r, uri) == std::string{r.origin} + "/secrets");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::tests
