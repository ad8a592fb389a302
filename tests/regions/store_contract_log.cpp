// The contract of a store's log: what changes_since tells, and where it must refuse.
#include "store_kit.hpp"

namespace twinkeep::regions::tests {

namespace {

std::vector<std::uint64_t> revisions(const store_outcome<std::vector<batch_ptr>>& changes) {
  BOOST_REQUIRE_MESSAGE(changes.ok(), why(changes));
  std::vector<std::uint64_t> found;
  for (const auto& b : *changes) found.push_back(b->at.revision.value);
  return found;
}

bool is(const std::vector<std::uint64_t>& found, const std::vector<std::uint64_t>& expected) {
  return found == expected;
}

bool is_gap(const store_outcome<std::vector<batch_ptr>>& changes) {
  return !changes.ok() && changes.error().code == store_error_code::gap;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_contract_log)

BOOST_DATA_TEST_CASE(changes_come_in_order_and_no_more_than_asked, every_medium, kind) {
  contract store{kind};
  fill(*store, 1, 5);
  BOOST_TEST(is(revisions(store->changes_since("eastus2", {}, 10)), {1, 2, 3, 4, 5}));
  BOOST_TEST(is(revisions(store->changes_since("eastus2", at(1, 2), 2)), {3, 4}));
  BOOST_TEST(is(revisions(store->changes_since("eastus2", at(1, 4), 10)), {5}));
  BOOST_TEST(is(revisions(store->changes_since("eastus2", at(1, 5), 10)), {}));
  BOOST_TEST(is(revisions(store->changes_since("eastus2", at(1, 1), 0)), {2}));
}

BOOST_DATA_TEST_CASE(a_change_is_told_as_it_was_made, every_medium, kind) {
  contract store{kind};
  const std::string binary{"\0\xff\n", 3};
  const auto made = make_batch("eastus2", at(3, 1),
                               {{"s/a", binary}, {"s/a/1", "", true}, {"s/empty", ""}}, "demo");
  BOOST_TEST(append(*store, made).ok());
  store.reopen();
  const auto told = store->changes_since("eastus2", {}, 1);
  BOOST_REQUIRE(told.ok() && told->size() == 1);
  const auto& b = *told->front();
  BOOST_TEST(b.origin == "eastus2");
  BOOST_TEST(b.vault == "demo");
  BOOST_TEST(b.at == at(3, 1));
  BOOST_REQUIRE(b.changes.size() == 3u);
  BOOST_TEST(b.changes[0].key == "s/a");
  BOOST_TEST(as_text(*b.changes[0].value) == binary);
  BOOST_TEST(b.changes[1].key == "s/a/1");
  BOOST_TEST(b.changes[1].value == nullptr);
  BOOST_REQUIRE(b.changes[2].value != nullptr);
  BOOST_TEST(b.changes[2].value->empty());
  check_lines(loaded(*store), {"s/a=" + binary, "s/empty="});
}

BOOST_DATA_TEST_CASE(a_position_beyond_the_end_is_a_gap, every_medium, kind) {
  contract store{kind};
  BOOST_TEST(is_gap(store->changes_since("eastus2", at(1, 1), 10)));  // an unknown origin
  fill(*store, 1, 3);
  BOOST_TEST(is_gap(store->changes_since("eastus2", at(1, 4), 10)));
  BOOST_TEST(is_gap(store->changes_since("centralus", at(1, 3), 10)));
}

BOOST_DATA_TEST_CASE(a_position_of_another_epoch_is_a_gap, every_medium, kind) {
  contract store{kind};
  for (const auto position : {at(1, 1), at(1, 2), at(3, 3), at(3, 4)}) {
    BOOST_TEST(append(*store, make_batch("eastus2", position)).ok());
  }
  BOOST_TEST(is(revisions(store->changes_since("eastus2", at(1, 2), 10)), {3, 4}));
  BOOST_TEST(is(revisions(store->changes_since("eastus2", at(3, 3), 10)), {4}));
  BOOST_TEST(is_gap(store->changes_since("eastus2", at(1, 3), 10)));  // diverged after 2
  BOOST_TEST(is_gap(store->changes_since("eastus2", at(2, 3), 10)));
  BOOST_TEST(is_gap(store->changes_since("eastus2", at(3, 2), 10)));
  BOOST_TEST(is_gap(store->changes_since("eastus2", at(1, 4), 10)));  // at the very end, too
  BOOST_TEST(is_gap(store->changes_since("eastus2", at(1, 0), 10)));  // no batch has revision 0
}

BOOST_DATA_TEST_CASE(the_log_is_cut_and_the_position_stays, every_medium, kind) {
  contract store{kind, 3};
  fill(*store, 1, 4);
  fill(*store, 5, 10);
  const auto check = [&] {
    BOOST_TEST(position(*store) == at(1, 10));
    BOOST_TEST(is_gap(store->changes_since("eastus2", {}, 10)));
    BOOST_TEST(is_gap(store->changes_since("eastus2", at(1, 6), 10)));
    // Exactly at the cut nothing is missing, but only for who has the batch that was cut.
    BOOST_TEST(is(revisions(store->changes_since("eastus2", at(1, 7), 10)), {8, 9, 10}));
    BOOST_TEST(is_gap(store->changes_since("eastus2", at(2, 7), 10)));
    BOOST_TEST(is(revisions(store->changes_since("eastus2", at(1, 9), 10)), {10}));
  };
  check();
  store.reopen();
  check();
  check_lines(loaded(*store), {"s/n=10"});
}

BOOST_DATA_TEST_CASE(one_append_may_be_longer_than_the_log, every_medium, kind) {
  contract store{kind, 2};
  fill(*store, 1, 9);
  BOOST_TEST(is(revisions(store->changes_since("eastus2", at(1, 7), 10)), {8, 9}));
  BOOST_TEST(is_gap(store->changes_since("eastus2", at(1, 6), 10)));
  fill(*store, 10, 10);
  BOOST_TEST(is(revisions(store->changes_since("eastus2", at(1, 8), 10)), {9, 10}));
}

BOOST_DATA_TEST_CASE(each_origins_log_is_cut_by_itself, every_medium, kind) {
  contract store{kind, 3};
  fill(*store, 1, 2, "centralus");
  fill(*store, 1, 9, "eastus2");
  BOOST_TEST(is(revisions(store->changes_since("centralus", {}, 10)), {1, 2}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
