#include <algorithm>
#include <cstdlib>
#include <new>

#include "crypto/secret_bytes.hpp"
#include "support.hpp"

// What a block of memory holds can be looked at only while it is given back: afterwards it is
// somebody else's.
namespace {

struct {
  const void* block = nullptr;
  std::size_t size = 0;
  bool was_given_back = false;
  bool was_wiped = false;
} watched;

void watch(const void* block, std::size_t size) {
  watched = {block, size, false, false};
}

void give_back(void* block) noexcept {
  if (block != nullptr && block == watched.block) {
    const auto* octets = static_cast<const unsigned char*>(block);
    watched.was_given_back = true;
    watched.was_wiped = std::all_of(octets, octets + watched.size, [](auto o) { return o == 0; });
    watched.block = nullptr;
  }
  std::free(block);
}

}  // namespace

void* operator new(std::size_t size) {
  if (void* block = std::malloc(size == 0 ? 1 : size)) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
  give_back(block);
}
void operator delete(void* block, std::size_t) noexcept {
  give_back(block);
}

namespace twinkeep::crypto {

BOOST_AUTO_TEST_SUITE(wiping)

const bytes secret(40, 0x5a);

BOOST_AUTO_TEST_CASE(an_ordinary_container_leaves_its_content_behind) {
  {
    const bytes plain(secret);
    watch(plain.data(), plain.size());
  }
  BOOST_TEST(watched.was_given_back);
  BOOST_TEST(!watched.was_wiped);  // or the cases below would prove nothing
}

BOOST_AUTO_TEST_CASE(a_secret_is_wiped_when_it_ends) {
  {
    const auto kept = secret_bytes::copy_of(secret);
    BOOST_TEST(test::equal(kept.view(), secret));
    watch(kept.view().data(), kept.size());
  }
  BOOST_TEST(watched.was_given_back);
  BOOST_TEST(watched.was_wiped);
}

BOOST_AUTO_TEST_CASE(a_secret_is_wiped_when_another_takes_its_place) {
  auto kept = secret_bytes::copy_of(secret);
  watch(kept.view().data(), kept.size());
  kept = secret_bytes(3);
  BOOST_TEST(watched.was_given_back);
  BOOST_TEST(watched.was_wiped);
  BOOST_TEST(kept.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_moved_secret_leaves_nothing_where_it_was) {
  auto from = secret_bytes::copy_of(secret);
  const auto* block = from.view().data();
  const auto to = std::move(from);
  BOOST_TEST(to.view().data() == block);
  BOOST_TEST(from.empty());  // NOLINT: what is left is the point
}

BOOST_AUTO_TEST_CASE(a_growing_container_wipes_the_block_that_it_leaves) {
  wiping_chars text(secret.begin(), secret.end());
  watch(text.data(), text.size());
  text.resize(text.capacity() + 1);
  BOOST_TEST(watched.was_given_back);
  BOOST_TEST(watched.was_wiped);
}

BOOST_AUTO_TEST_CASE(what_is_cut_off_is_wiped_at_once) {
  auto kept = secret_bytes::copy_of(secret);
  const auto* octets = kept.view().data();
  kept.truncate(4);
  BOOST_TEST(test::equal(kept.view(), byte_view(secret).first(4)));
  BOOST_TEST(std::all_of(octets + 4, octets + secret.size(), [](auto o) { return o == 0; }));
  kept.truncate(100);
  BOOST_TEST(kept.size() == 4u);
  kept.truncate(0);
  BOOST_TEST(kept.empty());
}

BOOST_AUTO_TEST_CASE(wipe_clears_what_it_is_given_and_no_more) {
  bytes data(8, 1);
  wipe(data.data() + 2, 4);
  BOOST_TEST((data == bytes{1, 1, 0, 0, 0, 0, 1, 1}));
  wipe(nullptr, 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
