// The contract of replica_store::append, over every medium.
#include "store_kit.hpp"

namespace twinkeep::regions::tests {

BOOST_AUTO_TEST_SUITE(store_contract_append)

BOOST_DATA_TEST_CASE(a_blank_store_knows_nothing, every_medium, kind) {
  contract store{kind};
  BOOST_TEST(position(*store) == at(0, 0));
  BOOST_TEST(store->origins()->empty());
  BOOST_TEST(loaded(*store).empty());
  BOOST_TEST(store->changes_since("eastus2", {}, 10)->empty());
  BOOST_TEST(store->snapshot("eastus2")->records.empty());
  BOOST_TEST(*store->promised() == epoch{});
  BOOST_TEST(!*store->admitted());
}

BOOST_DATA_TEST_CASE(batches_take_effect_in_order, every_medium, kind) {
  contract store{kind};
  const std::vector<batch_ptr> batches{
      make_batch("eastus2", at(1, 1), {{"s/a", "1"}, {"s/b", "1"}}),
      make_batch("eastus2", at(1, 2), {{"s/a", "2"}, {"s/c", "2"}}),
      make_batch("eastus2", at(1, 3), {{"s/b", "", true}, {"s/never", "", true}})};
  BOOST_TEST(store->append(batches).ok());
  BOOST_TEST(position(*store) == at(1, 3));
  check_lines(loaded(*store), {"s/a=2", "s/c=2"});
}

BOOST_DATA_TEST_CASE(within_a_batch_the_last_change_of_a_key_counts, every_medium, kind) {
  contract store{kind};
  const auto b = make_batch("eastus2", at(1, 1),
                            {{"s/a", "1"}, {"s/a", "2"}, {"s/b", "1"}, {"s/b", "", true}});
  BOOST_TEST(append(*store, b).ok());
  check_lines(loaded(*store), {"s/a=2"});
}

BOOST_DATA_TEST_CASE(an_append_of_nothing_is_no_error, every_medium, kind) {
  contract store{kind};
  BOOST_TEST(store->append({}).ok());
  BOOST_TEST(store->origins()->empty());
}

BOOST_DATA_TEST_CASE(a_batch_without_changes_moves_the_position, every_medium, kind) {
  contract store{kind};
  BOOST_TEST(append(*store, make_batch("eastus2", at(4, 1), {}, "")).ok());
  BOOST_TEST(position(*store) == at(4, 1));
  BOOST_TEST(store->changes_since("eastus2", {}, 1)->at(0)->changes.empty());
}

BOOST_DATA_TEST_CASE(what_is_held_already_is_skipped, every_medium, kind) {
  contract store{kind};
  fill(*store, 1, 5);
  fill(*store, 1, 5);
  fill(*store, 3, 7);  // the second half is new
  BOOST_TEST(position(*store) == at(1, 7));
  check_lines(loaded(*store), {"s/n=7"});
  BOOST_TEST(store->changes_since("eastus2", {}, 100)->size() == 7u);
}

BOOST_DATA_TEST_CASE(a_skipped_batch_does_not_undo_later_ones, every_medium, kind) {
  contract store{kind};
  fill(*store, 1, 3);
  const auto first = make_batch("eastus2", at(1, 1), {{"s/n", "1"}});
  BOOST_TEST(append(*store, first).ok());
  check_lines(loaded(*store), {"s/n=3"});
}

BOOST_DATA_TEST_CASE(the_same_batch_twice_in_one_append_counts_once, every_medium, kind) {
  contract store{kind};
  const auto b = make_batch("eastus2", at(1, 1));
  const std::vector<batch_ptr> twice{b, b};
  BOOST_TEST(store->append(twice).ok());
  BOOST_TEST(position(*store) == at(1, 1));
}

BOOST_DATA_TEST_CASE(a_held_batch_is_known_even_after_it_was_cut, every_medium, kind) {
  contract store{kind, 2};
  fill(*store, 1, 6);
  fill(*store, 1, 6);
  BOOST_TEST(position(*store) == at(1, 6));
  const auto foreign = make_batch("eastus2", at(2, 2));
  BOOST_TEST(code_of(append(*store, foreign)) == store_error_code::out_of_order);
}

BOOST_DATA_TEST_CASE(what_does_not_follow_is_refused, every_medium, kind) {
  contract store{kind};
  const auto refused = [&](log_position p) {
    return code_of(append(*store, make_batch("eastus2", p))) == store_error_code::out_of_order;
  };
  BOOST_TEST(refused(at(1, 0)));
  BOOST_TEST(refused(at(1, 2)));
  BOOST_TEST(append(*store, make_batch("eastus2", at(2, 1))).ok());
  BOOST_TEST(refused(at(2, 3)));  // leaves one out
  BOOST_TEST(refused(at(1, 2)));  // the epoch falls
  BOOST_TEST(refused(at(3, 1)));  // another batch has that revision
  BOOST_TEST(append(*store, make_batch("eastus2", at(3, 2))).ok());
  BOOST_TEST(position(*store) == at(3, 2));
}

BOOST_DATA_TEST_CASE(an_append_happens_whole_or_not_at_all, every_medium, kind) {
  contract store{kind};
  fill(*store, 1, 2);
  const std::vector<batch_ptr> half_wrong{make_batch("eastus2", at(1, 3), {{"s/a", "new"}}),
                                          make_batch("centralus", at(1, 1), {{"s/b", "new"}}),
                                          make_batch("eastus2", at(1, 5), {{"s/c", "new"}})};
  BOOST_TEST(code_of(store->append(half_wrong)) == store_error_code::out_of_order);
  BOOST_TEST(position(*store) == at(1, 2));
  BOOST_TEST(position(*store, "centralus") == at(0, 0));
  check_lines(loaded(*store), {"s/n=2"});
  fill(*store, 3, 3);  // a refusal is not a failed disk
}

BOOST_DATA_TEST_CASE(origins_have_logs_and_records_of_their_own, every_medium, kind) {
  contract store{kind};
  const std::vector<batch_ptr> mixed{make_batch("eastus2", at(1, 1), {{"s/a", "east"}}),
                                     make_batch("centralus", at(7, 1), {{"s/a", "central"}}),
                                     make_batch("eastus2", at(1, 2), {{"s/b", "east"}})};
  BOOST_TEST(store->append(mixed).ok());
  BOOST_TEST(position(*store) == at(1, 2));
  BOOST_TEST(position(*store, "centralus") == at(7, 1));
  check_lines(*store->origins(), {"centralus", "eastus2"});
  check_lines(loaded(*store), {"s/a=east", "s/b=east"});
  check_lines(loaded(*store, "centralus"), {"s/a=central"});
}

BOOST_DATA_TEST_CASE(vaults_have_records_of_their_own, every_medium, kind) {
  contract store{kind};
  // Names of which one begins with the other must not be mixed up.
  const std::vector<batch_ptr> batches{make_batch("eastus2", at(1, 1), {{"s/a", "1"}}, "demo"),
                                       make_batch("eastus2", at(1, 2), {{"s/a", "2"}}, "demo2"),
                                       make_batch("eastus2", at(1, 3), {{"s/a", "3"}}, "dem"),
                                       make_batch("eastus", at(1, 1), {{"s/a", "4"}}, "demo"),
                                       make_batch("eastus2", at(1, 4), {{"s/a", "", true}}, "dem")};
  BOOST_TEST(store->append(batches).ok());
  check_lines(loaded(*store), {"s/a=1"});
  check_lines(loaded(*store, "eastus2", "demo2"), {"s/a=2"});
  check_lines(loaded(*store, "eastus2", "dem"), {});
  check_lines(loaded(*store, "eastus", "demo"), {"s/a=4"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
