#include "protocol/ip_address.hpp"

#include <boost/test/unit_test.hpp>

namespace twinkeep::protocol::tests {

namespace {

// The address as it is written again; empty: it is none.
std::string again(std::string_view text) {
  const auto address = parse_ip_address(text);
  return address ? to_string(*address) : "";
}

std::string ends_of(std::string_view text) {
  const auto range = parse_ip_range(text);
  return range ? to_string(range->first) + " - " + to_string(range->last) : "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ip_addresses)

BOOST_AUTO_TEST_CASE(addresses_are_read_and_written) {
  for (const std::string text :
       {"0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1", "2001:db8::1",
        "2001:db8:0:1:1:1:1:1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}) {
    BOOST_TEST(again(text) == text);
  }
  BOOST_TEST(again("2001:DB8:0:0:0::1") == "2001:db8::1");
}

BOOST_AUTO_TEST_CASE(a_mapped_address_is_the_one_that_it_is_mapped_from) {
  BOOST_TEST((parse_ip_address("::ffff:192.0.2.1") == parse_ip_address("192.0.2.1")));
  BOOST_TEST((parse_ip_address("::FFFF:c000:201") == parse_ip_address("192.0.2.1")));
  BOOST_TEST((from_v4(std::array<std::uint8_t, 4>{192, 0, 2, 1}) == parse_ip_address("192.0.2.1")));
  BOOST_TEST(again("::ffff:192.0.2.1") == "192.0.2.1");
  BOOST_TEST(parse_ip_address("192.0.2.1")->is_v4());
  BOOST_TEST(!parse_ip_address("::192.0.2.1")->is_v4());
  BOOST_TEST(!parse_ip_address("::1")->is_v4());
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_told_so) {
  using std::string_view_literals::operator""sv;
  for (const auto text : {""sv,
                          "1.2.3"sv,
                          "1.2.3.4.5"sv,
                          "1.2.3.256"sv,
                          "01.2.3.4"sv,
                          "1.2.3.4 "sv,
                          " 1.2.3.4"sv,
                          "0x1.2.3.4"sv,
                          "16909060"sv,
                          "1.2.3.4\0"sv,
                          "::1\0x"sv,
                          "[::1]"sv,
                          "::1%eth0"sv,
                          "1::2::3"sv,
                          "12345::"sv,
                          "1:2:3:4:5:6:7"sv,
                          "1:2:3:4:5:6:7:8:9"sv,
                          "localhost"sv,
                          "1.2.3.4:80"sv,
                          "1.2.3.4/32"sv,
                          "::ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"sv}) {
    BOOST_TEST(!parse_ip_address(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(ranges_have_both_their_ends) {
  BOOST_TEST(ends_of("192.0.2.7") == "192.0.2.7 - 192.0.2.7");
  BOOST_TEST(ends_of("192.0.2.7/32") == "192.0.2.7 - 192.0.2.7");
  BOOST_TEST(ends_of("192.0.2.8/29") == "192.0.2.8 - 192.0.2.15");
  BOOST_TEST(ends_of("10.0.0.0/8") == "10.0.0.0 - 10.255.255.255");
  BOOST_TEST(ends_of("128.0.0.0/1") == "128.0.0.0 - 255.255.255.255");
  BOOST_TEST(ends_of("0.0.0.0/0") == "0.0.0.0 - 255.255.255.255");
  BOOST_TEST(ends_of("2001:db8::/33") == "2001:db8:: - 2001:db8:7fff:ffff:ffff:ffff:ffff:ffff");
  BOOST_TEST(ends_of("2001:db8::1/128") == "2001:db8::1 - 2001:db8::1");
  BOOST_TEST(ends_of("::/0") == ":: - ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  BOOST_TEST(ends_of("::ffff:192.0.2.0/120") == "192.0.2.0 - 192.0.2.255");
}

BOOST_AUTO_TEST_CASE(bits_behind_the_prefix_and_broken_prefixes_are_refused) {
  for (const auto* text : {"192.0.2.7/24", "192.0.2.1/31", "2001:db8::1/64", "0.0.0.1/0"}) {
    BOOST_TEST(ends_of(text).empty(), text);
  }
  BOOST_TEST(cleared_range("192.0.2.7/24") == "192.0.2.0/24");
  BOOST_TEST(cleared_range("2001:db8::1/64") == "2001:db8::/64");
  for (const auto* text : {"192.0.2.0/", "192.0.2.0/33", "192.0.2.0/+8", "192.0.2.0/08",
                           "192.0.2.0/8x", "192.0.2.0/24/24", "2001:db8::/129", "/8", "x/8",
                           "192.0.2.0/99999999999", "192.0.2.0/255.255.255.0"}) {
    BOOST_TEST(ends_of(text).empty(), text);
    BOOST_TEST(cleared_range(text).empty(), text);
  }
}

BOOST_AUTO_TEST_CASE(many_ranges_are_one_set_however_they_overlap) {
  std::vector<ip_range> given;
  for (const auto* text : {"10.0.4.0/22", "10.0.0.0/22", "10.0.1.0/24", "10.0.9.9", "10.0.9.10",
                           "10.0.9.9", "2001:db8::/32", "ffff:ffff:ffff:ffff::/64", "::/128"}) {
    given.push_back(*parse_ip_range(text));
  }
  const ip_ranges set(given);
  const auto has = [&](std::string_view text) { return set.contains(*parse_ip_address(text)); };
  for (const auto* in :
       {"10.0.0.0", "10.0.3.255", "10.0.4.0", "10.0.7.255", "10.0.9.9", "10.0.9.10",
        "2001:db8:ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::"}) {
    BOOST_TEST(has(in), in);
  }
  for (const auto* out : {"9.255.255.255", "10.0.8.0", "10.0.9.8", "10.0.9.11", "2001:db9::", "::1",
                          "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff"}) {
    BOOST_TEST(!has(out), out);
  }
  BOOST_TEST(!ip_ranges().contains({}));
  BOOST_TEST(ip_ranges().empty());
  BOOST_TEST(!set.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::tests
