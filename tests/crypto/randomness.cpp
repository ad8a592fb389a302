#include <regex>
#include <set>

#include "support.hpp"

namespace twinkeep::crypto {

BOOST_AUTO_TEST_SUITE(randomness)

BOOST_AUTO_TEST_CASE(ids_are_32_lower_case_hexadecimal_digits) {
  test::counting_random random;
  BOOST_TEST(random_hex_id(random) == "000102030405060708090a0b0c0d0e0f");
  const std::regex form("[0-9a-f]{32}");
  BOOST_TEST(std::regex_match(random_hex_id(system_random()), form));
}

BOOST_AUTO_TEST_CASE(guids_are_of_version_4_and_variant_10) {
  test::counting_random random;
  BOOST_TEST(random_guid(random) == "00010203-0405-4607-8809-0a0b0c0d0e0f");
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  for (int i = 0; i < 64; ++i) {
    const auto guid = random_guid(system_random());
    BOOST_TEST(std::regex_match(guid, form), guid);
  }
}

BOOST_AUTO_TEST_CASE(the_system_repeats_nothing) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(random_hex_id(system_random()));
  BOOST_TEST(ids.size() == 1000u);
}

BOOST_AUTO_TEST_CASE(the_system_fills_all_of_a_long_span) {
  bytes data((3u << 20) + 17);
  system_random().fill(data);
  system_random().fill({});
  // 64 zero octets at the end of each part: a chance of 2^-512.
  for (const std::size_t end : {std::size_t{1} << 20, std::size_t{2} << 20, data.size()}) {
    const auto tail = byte_view(data).subspan(end - 64, 64);
    BOOST_TEST(std::ranges::any_of(tail, [](auto octet) { return octet != 0; }));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
