// What survives, what excludes what, and what may run beside what.
#include <atomic>
#include <thread>

#include "store_kit.hpp"

namespace twinkeep::regions::tests {

BOOST_AUTO_TEST_SUITE(store_contract_lifetime)

BOOST_DATA_TEST_CASE(everything_survives_reopening, every_medium, kind) {
  contract store{kind};
  fill(*store, 1, 50);
  fill(*store, 1, 3, "centralus");
  BOOST_TEST(store->promise({7}).ok());
  BOOST_TEST(store->admit().ok());
  for (int i = 0; i < 3; ++i) {
    store.reopen();
    BOOST_TEST(position(*store) == at(1, 50));
    BOOST_TEST(position(*store, "centralus") == at(1, 3));
    check_lines(loaded(*store), {"s/n=50"});
    BOOST_TEST(store->changes_since("eastus2", {}, 100)->size() == 50u);
    BOOST_TEST(*store->promised() == epoch{7});
    BOOST_TEST(*store->admitted());
  }
  fill(*store, 51, 51);
}

BOOST_DATA_TEST_CASE(a_promise_is_never_taken_back, every_medium, kind) {
  contract store{kind};
  BOOST_TEST(store->promise({7}).ok());
  BOOST_TEST(store->promise({5}).ok());
  BOOST_TEST(*store->promised() == epoch{7});
  BOOST_TEST(store->promise({8}).ok());
  BOOST_TEST(*store->promised() == epoch{8});
}

BOOST_DATA_TEST_CASE(promise_and_admission_outlive_an_install, every_medium, kind) {
  contract store{kind};
  BOOST_TEST(store->promise({7}).ok());
  BOOST_TEST(store->admit().ok());
  BOOST_TEST(store->install("eastus2", {at(1, 1), {}}).ok());
  BOOST_TEST(*store->promised() == epoch{7});
  BOOST_TEST(*store->admitted());
}

BOOST_DATA_TEST_CASE(zones_and_regions_have_disks_of_their_own, every_medium, kind) {
  contract store{kind};
  fill(*store, 1, 5);
  const auto neighbour = store.medium().open("eastus2", 2);
  const auto abroad = store.medium().open("centralus", 1);
  BOOST_REQUIRE(neighbour.ok() && abroad.ok());
  BOOST_TEST(position(**neighbour) == at(0, 0));
  BOOST_TEST(position(**abroad) == at(0, 0));
}

BOOST_DATA_TEST_CASE(an_open_store_excludes_a_second_opener, every_medium, kind) {
  contract store{kind};
  fill(*store, 1, 1);
  BOOST_TEST(code_of(store.medium().open("eastus2", 1)) == store_error_code::locked);
  BOOST_TEST(code_of(store.medium().wipe("eastus2", 1)) == store_error_code::locked);
  fill(*store, 2, 2);
  store.close();
  BOOST_TEST(store.medium().open("eastus2", 1).ok());
}

BOOST_DATA_TEST_CASE(a_wiped_disk_is_blank_and_alone_so, every_medium, kind) {
  contract store{kind};
  fill(*store, 1, 5);
  BOOST_TEST(store->promise({7}).ok());
  BOOST_TEST(store->admit().ok());
  {
    auto neighbour = store.medium().open("eastus2", 2);
    fill(**neighbour, 1, 2);
  }
  store.close();
  BOOST_TEST(store.medium().wipe("eastus2", 1).ok());
  BOOST_TEST(store.medium().wipe("westus3", 1).ok());  // was never there
  store.reopen();
  BOOST_TEST(store->origins()->empty());
  BOOST_TEST(*store->promised() == epoch{});
  BOOST_TEST(!*store->admitted());
  BOOST_TEST(position(**store.medium().open("eastus2", 2)) == at(1, 2));
}

// Each read must see one moment: a position and the changes up to it, a whole batch or none of it.
BOOST_DATA_TEST_CASE(reads_beside_appends_see_whole_batches, every_medium, kind) {
  constexpr std::uint64_t last = 400;
  contract store{kind, 50};
  std::atomic<bool> done{false};
  std::atomic<unsigned> torn{0};
  const auto read = [&] {
    do {
      const auto records = store->load("eastus2", "demo");
      if (!records.ok() ||
          (!records->empty() &&
           (records->size() != 2 || *records->at(0).value != *records->at(1).value))) {
        ++torn;
      }
      const auto s = store->snapshot("eastus2");
      if (!s.ok() || (s->at.revision.value > 0 &&
                      as_text(*s->records.at(0).value) != std::to_string(s->at.revision.value))) {
        ++torn;
      }
      const auto from = *store->position("eastus2");
      const auto changes = store->changes_since("eastus2", from, 100);
      if (!changes.ok()) {
        if (changes.error().code != store_error_code::gap) ++torn;
        continue;
      }
      auto expected = from.revision;
      for (const auto& b : *changes) torn += b->at.revision == (expected = expected.next()) ? 0 : 1;
    } while (!done);
  };
  std::thread one{read};
  std::thread two{read};
  for (std::uint64_t r = 1; r <= last; ++r) {
    const auto text = std::to_string(r);
    const auto b = make_batch("eastus2", at(1, r), {{"s/a", text}, {"s/b", text}});
    if (!append(*store, b).ok()) ++torn;
  }
  done = true;
  one.join();
  two.join();
  BOOST_TEST(torn == 0u);
  BOOST_TEST(position(*store) == at(1, last));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
