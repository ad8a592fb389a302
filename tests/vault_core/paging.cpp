#include <boost/test/unit_test.hpp>

#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;
using names = std::vector<std::string>;

const regions::secret_page& page_in(const verdict& v) {
  BOOST_REQUIRE_MESSAGE(std::holds_alternative<regions::secret_page>(v), outcome_of(v));
  return std::get<regions::secret_page>(v);
}

// Follows a list to its end.
names all_names(test_vault& vault, id list, unsigned max_results) {
  names found;
  std::string after;
  do {
    const auto answer = vault.ask(page(list, "", max_results, after)).verdict;
    const auto& one = page_in(answer);
    BOOST_TEST(one.items.size() <= max_results);
    for (const auto& item : one.items) found.push_back(item.name);
    after = one.next;
    BOOST_REQUIRE_MESSAGE(found.size() < 1000, "the list does not end");
  } while (!after.empty());
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(paging)

BOOST_AUTO_TEST_CASE(pages_show_each_object_once_whatever_their_size) {
  test_vault vault;
  names expected;
  for (char c = 'a'; c <= 'z'; ++c) expected.emplace_back(3, c);
  for (const auto& name : expected) vault.send(set(name, "v"));
  for (const unsigned size : {1u, 2u, 7u, 13u, 25u}) {
    BOOST_TEST(all_names(vault, id::secret_list, size) == expected,
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(the_last_page_has_no_next_even_when_it_is_full) {
  test_vault vault;
  for (const auto* name : {"a", "b", "c", "d"}) vault.send(set(name, "v"));
  const auto first = vault.ask(page(id::secret_list, "", 2, "")).verdict;
  BOOST_TEST(page_in(first).next == "b");
  const auto second = vault.ask(page(id::secret_list, "", 2, "b")).verdict;
  BOOST_TEST(page_in(second).items.size() == 2u);
  BOOST_TEST(page_in(second).next.empty());
}

BOOST_AUTO_TEST_CASE(an_empty_vault_lists_nothing) {
  test_vault vault;
  for (const auto list : {id::secret_list, id::secret_list_deleted, id::secret_list_versions}) {
    const auto answer = vault.ask(page(list, "absent", 25, "")).verdict;
    BOOST_TEST(page_in(answer).items.empty());
    BOOST_TEST(page_in(answer).next.empty());
  }
}

BOOST_AUTO_TEST_CASE(deletions_between_two_pages_hide_nothing_else) {
  test_vault vault;
  for (const auto* name : {"a", "b", "c", "d"}) vault.send(set(name, "v"));
  vault.send(ask_for(id::secret_delete, "b"));
  const auto rest = vault.ask(page(id::secret_list, "", 25, "b")).verdict;
  BOOST_REQUIRE(page_in(rest).items.size() == 2u);
  BOOST_TEST(page_in(rest).items.front().name == "c");
}

BOOST_AUTO_TEST_CASE(a_list_shows_the_newest_version_and_the_case_of_the_name) {
  test_vault vault;
  vault.send(set("Db", "v"));
  const auto newest = secret(vault.send(set("db", "w", {false, {}, {}, {}}))).secret->properties;
  const auto answer = vault.ask(page(id::secret_list, "", 25, "")).verdict;
  const auto& item = page_in(answer).items.at(0);
  BOOST_TEST(item.name == "Db");
  BOOST_TEST(item.version->properties.version == newest.version);
  BOOST_TEST(!item.version->properties.attributes.enabled);
}

BOOST_AUTO_TEST_CASE(deleted_objects_are_listed_apart) {
  test_vault vault;
  for (const auto* name : {"a", "B", "c"}) vault.send(set(name, "v"));
  vault.send(ask_for(id::secret_delete, "b"));
  vault.send(ask_for(id::secret_delete, "c"));
  BOOST_TEST(all_names(vault, id::secret_list, 25) == names{"a"}, boost::test_tools::per_element());
  BOOST_TEST(all_names(vault, id::secret_list_deleted, 1) == (names{"B", "c"}),
             boost::test_tools::per_element());
  const auto answer = vault.ask(page(id::secret_list_deleted, "", 25, "")).verdict;
  BOOST_TEST(page_in(answer).items.at(0).deleted->deleted_date == vault.now);
}

BOOST_AUTO_TEST_CASE(versions_come_in_the_order_of_their_making) {
  test_vault vault;
  names made;
  for (int i = 0; i < 7; ++i) {
    made.push_back(secret(vault.send(set("db", "v"))).secret->properties.version);
  }
  names seen;
  std::string after;
  do {
    const auto answer = vault.ask(page(id::secret_list_versions, "DB", 3, after)).verdict;
    for (const auto& item : page_in(answer).items) {
      seen.push_back(item.version->properties.version);
    }
    after = page_in(answer).next;
  } while (!after.empty());
  BOOST_TEST(seen == made, boost::test_tools::per_element());
}

// Versions are made while a client turns the pages.
BOOST_AUTO_TEST_CASE(versions_made_between_two_pages_neither_repeat_nor_hide_others) {
  test_vault vault;
  names made;
  const auto make = [&] {
    made.push_back(key(vault.send(create("k", ec_256))).key->properties.version);
  };
  for (int i = 0; i < 5; ++i) make();
  names seen;
  std::string after;
  do {
    const auto answer = vault.ask(page(id::key_list_versions, "k", 2, after)).verdict;
    const auto& one = std::get<regions::key_page>(answer);
    for (const auto& item : one.items) seen.push_back(item.version->properties.version);
    after = one.next;
    if (made.size() < 8) make();
  } while (!after.empty());
  BOOST_TEST(seen == made, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_position_that_no_page_gave_is_refused) {
  test_vault vault;
  vault.send(set("db", "v"));
  for (const auto* bad : {"a/b", "UPPER", "\xff", "a b"}) {
    for (const auto list : {id::secret_list, id::secret_list_deleted, id::key_list}) {
      BOOST_TEST(outcome_of(vault.ask(page(list, "", 25, bad)).verdict) == "400 BadParameter");
    }
  }
  for (const auto* bad : {"x", "-1", "1x", "99999999999999999999999"}) {
    BOOST_TEST(outcome_of(vault.ask(page(id::secret_list_versions, "db", 25, bad)).verdict) ==
               "400 BadParameter");
  }
}

// The pair's copy may lack the youngest versions: going on there must not fail.
BOOST_AUTO_TEST_CASE(a_position_behind_the_last_version_is_an_empty_page) {
  test_vault vault;
  vault.send(set("db", "v"));
  const auto answer = vault.ask(page(id::secret_list_versions, "db", 25, "5")).verdict;
  BOOST_TEST(page_in(answer).items.empty());
  BOOST_TEST(page_in(answer).next.empty());
}

BOOST_AUTO_TEST_CASE(no_page_is_larger_than_the_limit) {
  test_vault vault;
  for (int i = 0; i < 30; ++i) vault.send(set(std::string("n").append(std::to_string(i)), "v"));
  const auto size = [&](unsigned max_results) {
    return page_in(vault.ask(page(id::secret_list, "", max_results, "")).verdict).items.size();
  };
  BOOST_TEST(size(1000) == 25u);
  BOOST_TEST(size(0) == 1u);
  BOOST_TEST(page_in(vault.ask(ask_for(id::secret_list)).verdict).items.size() == 25u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
