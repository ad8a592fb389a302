#include "protocol/http/forwarded.hpp"

#include <boost/test/unit_test.hpp>

namespace twinkeep::protocol::tests {

namespace {

// Asked by the proxy 10.0.0.1; proxies are 10/8 and fd00::/8.
std::string client(const std::vector<std::string_view>& lines) {
  const ip_ranges trusted({*parse_ip_range("10.0.0.0/8"), *parse_ip_range("fd00::/8")});
  const auto found = http::forwarded_for(lines, *parse_ip_address("10.0.0.1"), trusted);
  return found ? to_string(*found) : "refused";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(forwarded)

BOOST_AUTO_TEST_CASE(the_rightmost_address_that_is_no_proxys_is_the_clients) {
  BOOST_TEST(client({"203.0.113.7"}) == "203.0.113.7");
  BOOST_TEST(client({"198.51.100.1, 203.0.113.7"}) == "203.0.113.7");
  BOOST_TEST(client({"198.51.100.1,203.0.113.7 ,\t10.0.0.2, fd00::5"}) == "203.0.113.7");
}

BOOST_AUTO_TEST_CASE(what_the_client_says_of_itself_is_not_looked_at) {
  BOOST_TEST(client({"unknown, <script>, 203.0.113.7"}) == "203.0.113.7");
  BOOST_TEST(client({"garbage", "203.0.113.7"}) == "203.0.113.7");
  BOOST_TEST(client({"10.9.9.9, 203.0.113.7"}) == "203.0.113.7");
}

BOOST_AUTO_TEST_CASE(lines_of_their_own_count_as_if_appended) {
  BOOST_TEST(client({"198.51.100.1", "203.0.113.7, 10.0.0.2", "10.0.0.3"}) == "203.0.113.7");
  BOOST_TEST(client({"203.0.113.7", ""}) == "203.0.113.7");
}

BOOST_AUTO_TEST_CASE(proxies_alone_are_clients_themselves) {
  BOOST_TEST(client({}) == "10.0.0.1");
  BOOST_TEST(client({""}) == "10.0.0.1");
  BOOST_TEST(client({" \t"}) == "10.0.0.1");
  BOOST_TEST(client({"10.0.0.9, 10.0.0.2"}) == "10.0.0.9");
}

BOOST_AUTO_TEST_CASE(ports_and_brackets_are_taken_off) {
  BOOST_TEST(client({"203.0.113.7:4711"}) == "203.0.113.7");
  BOOST_TEST(client({"[2001:db8::7]:443"}) == "2001:db8::7");
  BOOST_TEST(client({"[2001:db8::7]"}) == "2001:db8::7");
  BOOST_TEST(client({"2001:db8::7"}) == "2001:db8::7");
  BOOST_TEST(client({"::ffff:203.0.113.7"}) == "203.0.113.7");
  BOOST_TEST(client({"203.0.113.7, 10.0.0.2:80"}) == "203.0.113.7");
}

BOOST_AUTO_TEST_CASE(what_counts_and_is_no_address_is_refused) {
  for (const auto* text : {"unknown",
                           "_hidden",
                           "203.0.113.7,",
                           "203.0.113.7, ,10.0.0.2",
                           ",",
                           "203.0.113.7:",
                           "203.0.113.7:http",
                           "203.0.113.7:65536",
                           "203.0.113.7:-1",
                           "203.0.113",
                           "[203.0.113.7]",
                           "[2001:db8::7",
                           "2001:db8::7]",
                           "[2001:db8::7]443",
                           "[2001:db8::7]:",
                           "[]",
                           "[",
                           "\"::1\"",
                           "203.0.113.7/32",
                           "203.0.113.7 10.0.0.2",
                           "for=203.0.113.7",
                           "unknown, 10.0.0.2"}) {
    BOOST_TEST(client({text}) == "refused", text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::tests
