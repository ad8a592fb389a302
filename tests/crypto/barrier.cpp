#include "crypto/barrier.hpp"

#include <stdexcept>

#include "support.hpp"

namespace twinkeep::crypto {

BOOST_AUTO_TEST_SUITE(barrier)

constexpr record_identity identity{"centralus", "demo", "s/name/1", "value"};

struct fixture {
  test::counting_random random;
  data_key key = data_key::generate(random);
  const bytes plain{1, 2, 3, 4, 5};
};

BOOST_FIXTURE_TEST_CASE(what_is_sealed_opens_under_the_same_key_and_identity, fixture) {
  for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 25000u}) {
    bytes data(size);
    random.fill(data);
    const auto sealed = seal(key, identity, data, random);
    BOOST_TEST(sealed.size() == size + seal_overhead_bytes);
    const auto opened = open(key, identity, sealed);
    BOOST_REQUIRE(opened.ok());
    BOOST_TEST(test::equal(opened->view(), data));
  }
}

BOOST_FIXTURE_TEST_CASE(the_plaintext_is_not_to_be_seen, fixture) {
  const bytes zeros(64);
  const auto sealed = seal(key, identity, zeros, random);
  const auto body = byte_view(sealed).subspan(13, 64);
  BOOST_TEST(!test::equal(body, zeros));
}

BOOST_FIXTURE_TEST_CASE(the_layout_is_format_nonce_ciphertext_tag, fixture) {
  bytes nonce(12);
  test::counting_random same;
  (void)data_key::generate(same);
  same.fill(nonce);
  const auto sealed = seal(key, identity, plain, random);
  BOOST_TEST(sealed[0] == 1);
  BOOST_TEST(test::equal(byte_view(sealed).subspan(1, 12), nonce));
}

BOOST_FIXTURE_TEST_CASE(sealing_twice_gives_two_texts, fixture) {
  BOOST_TEST((seal(key, identity, plain, random) != seal(key, identity, plain, random)));
}

BOOST_FIXTURE_TEST_CASE(a_sealed_value_opens_in_its_place_only, fixture) {
  const auto sealed = seal(key, identity, plain, random);
  for (const record_identity& other : {record_identity{"eastus2", "demo", "s/name/1", "value"},
                                       record_identity{"centralus", "demo2", "s/name/1", "value"},
                                       record_identity{"centralus", "demo", "s/name/2", "value"},
                                       record_identity{"centralus", "demo", "s/name/1", "meta"},
                                       // The same letters, parted elsewhere.
                                       record_identity{"centralusd", "emo", "s/name/1", "value"},
                                       record_identity{"centralus", "demos", "/name/1", "value"},
                                       record_identity{"centralus", "demo", "s/name/1value", ""},
                                       record_identity{"", "", "", ""}}) {
    BOOST_TEST(test::failed_with(open(key, other, sealed), error_code::refused));
  }
}

BOOST_FIXTURE_TEST_CASE(another_key_does_not_open, fixture) {
  const auto sealed = seal(key, identity, plain, random);
  const auto other = data_key::generate(random);
  BOOST_TEST(test::failed_with(open(other, identity, sealed), error_code::refused));
}

BOOST_FIXTURE_TEST_CASE(every_changed_bit_is_noticed, fixture) {
  const auto sealed = seal(key, identity, plain, random);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    auto changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    const auto expected = bit < 8 ? error_code::corrupt : error_code::refused;
    BOOST_TEST(test::failed_with(open(key, identity, changed), expected), "bit " << bit);
  }
}

BOOST_FIXTURE_TEST_CASE(a_cut_or_longer_text_does_not_open, fixture) {
  auto sealed = seal(key, identity, plain, random);
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    const auto expected = size < seal_overhead_bytes ? error_code::corrupt : error_code::refused;
    BOOST_TEST(test::failed_with(open(key, identity, byte_view(sealed).first(size)), expected));
  }
  sealed.push_back(0);
  BOOST_TEST(test::failed_with(open(key, identity, sealed), error_code::refused));
}

BOOST_AUTO_TEST_CASE(a_data_key_has_32_bytes) {
  BOOST_CHECK_THROW(data_key(secret_bytes(31)), std::invalid_argument);
  BOOST_CHECK_THROW(data_key(secret_bytes(33)), std::invalid_argument);
  BOOST_CHECK_NO_THROW(data_key(secret_bytes(32)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
