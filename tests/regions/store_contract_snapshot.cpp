// The contract of load, snapshot and install.
#include "store_kit.hpp"

namespace twinkeep::regions::tests {

namespace {

std::vector<std::string> lines(const store_outcome<store_snapshot>& s) {
  BOOST_REQUIRE_MESSAGE(s.ok(), why(s));
  std::vector<std::string> found;
  for (const auto& r : s->records) {
    found.push_back(r.vault + ":" + r.key + "=" + std::string{as_text(*r.value)});
  }
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_contract_snapshot)

BOOST_DATA_TEST_CASE(a_vault_loads_sorted_by_key, every_medium, kind) {
  contract store{kind};
  const auto b = make_batch(
      "eastus2", at(1, 1),
      {{"s/b", "1"}, {"s/a/2", "1"}, {"!key", "1"}, {"s/a", "1"}, {"s/a-b", "1"}, {"k/z", "1"}});
  BOOST_TEST(append(*store, b).ok());
  check_lines(loaded(*store), {"!key=1", "k/z=1", "s/a=1", "s/a-b=1", "s/a/2=1", "s/b=1"});
}

BOOST_DATA_TEST_CASE(a_snapshot_is_sorted_and_tells_its_position, every_medium, kind) {
  contract store{kind};
  const std::vector<batch_ptr> batches{
      make_batch("eastus2", at(1, 1), {{"s/b", "1"}, {"s/a", "1"}}, "west"),
      make_batch("eastus2", at(2, 2), {{"s/z", "2"}}, "demo"),
      make_batch("eastus2", at(2, 3), {{"s/a", "3"}}, "demo-2"),
      make_batch("centralus", at(1, 1), {{"s/a", "9"}}, "demo")};
  BOOST_TEST(store->append(batches).ok());
  const auto s = store->snapshot("eastus2");
  check_lines(lines(s), {"demo:s/z=2", "demo-2:s/a=3", "west:s/a=1", "west:s/b=1"});
  BOOST_TEST(s->at == at(2, 3));
}

BOOST_DATA_TEST_CASE(install_replaces_records_stale_vaults_and_log, every_medium, kind) {
  contract store{kind};
  const std::vector<batch_ptr> batches{
      make_batch("eastus2", at(1, 1), {{"s/a", "old"}, {"s/stale", "old"}}, "demo"),
      make_batch("eastus2", at(1, 2), {{"s/a", "old"}}, "stale"),
      make_batch("centralus", at(1, 1), {{"s/a", "other"}}, "demo")};
  BOOST_TEST(store->append(batches).ok());
  const store_snapshot s{at(4, 40), {{"demo", "s/a", value("new")}, {"other", "s/x", value("")}}};
  BOOST_TEST(store->install("eastus2", s).ok());
  const auto check = [&] {
    BOOST_TEST(position(*store) == at(4, 40));
    check_lines(lines(store->snapshot("eastus2")), {"demo:s/a=new", "other:s/x="});
    check_lines(loaded(*store, "eastus2", "stale"), {});
    BOOST_TEST(code_of(store->changes_since("eastus2", {}, 9)) == store_error_code::gap);
    BOOST_TEST(code_of(store->changes_since("eastus2", at(1, 2), 9)) == store_error_code::gap);
    BOOST_TEST(code_of(store->changes_since("eastus2", at(3, 40), 9)) == store_error_code::gap);
    BOOST_TEST(store->changes_since("eastus2", at(4, 40), 9)->empty());
    check_lines(loaded(*store, "centralus"), {"s/a=other"});  // the other origin is untouched
    BOOST_TEST(position(*store, "centralus") == at(1, 1));
  };
  check();
  store.reopen();
  check();
}

BOOST_DATA_TEST_CASE(after_an_install_the_log_goes_on, every_medium, kind) {
  contract store{kind, 2};
  BOOST_TEST(store->install("eastus2", {at(4, 40), {{"demo", "s/a", value("x")}}}).ok());
  BOOST_TEST(append(*store, make_batch("eastus2", at(4, 40))).ok());  // held: skipped
  check_lines(loaded(*store), {"s/a=x"});
  BOOST_TEST(append(*store, make_batch("eastus2", at(4, 41), {{"s/b", "y"}})).ok());
  BOOST_TEST(append(*store, make_batch("eastus2", at(5, 42), {{"s/c", "z"}})).ok());
  BOOST_TEST(store->changes_since("eastus2", at(4, 40), 9)->size() == 2u);
  BOOST_TEST(append(*store, make_batch("eastus2", at(5, 43), {{"s/a", "", true}})).ok());
  BOOST_TEST(code_of(store->changes_since("eastus2", at(4, 40), 9)) == store_error_code::gap);
  BOOST_TEST(store->changes_since("eastus2", at(4, 41), 9)->size() == 2u);
  check_lines(loaded(*store), {"s/b=y", "s/c=z"});
}

BOOST_DATA_TEST_CASE(an_install_may_lead_back, every_medium, kind) {
  contract store{kind};
  fill(*store, 1, 9);  // of which the last were never acknowledged
  BOOST_TEST(store->install("eastus2", {at(1, 4), {{"demo", "s/n", value("4")}}}).ok());
  BOOST_TEST(position(*store) == at(1, 4));
  BOOST_TEST(append(*store, make_batch("eastus2", at(2, 5), {{"s/n", "5 of 2"}})).ok());
  check_lines(loaded(*store), {"s/n=5 of 2"});
}

BOOST_DATA_TEST_CASE(a_snapshot_of_one_store_makes_another_its_equal, every_medium, kind) {
  contract source{kind};
  contract target{kind};
  fill(*source, 1, 20);
  fill(*target, 1, 3);
  BOOST_TEST(target->install("eastus2", *source->snapshot("eastus2")).ok());
  check_lines(lines(target->snapshot("eastus2")), lines(source->snapshot("eastus2")));
  BOOST_TEST(position(*target) == position(*source));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
