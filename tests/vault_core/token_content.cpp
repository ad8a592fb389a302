#include "regions/vault/token_content.hpp"

#include <boost/test/unit_test.hpp>

using namespace twinkeep;
using regions::hsm_wishes;
using regions::token_content;

namespace {

crypto::hsm_key_id id(std::uint8_t number) {
  return {number};
}

hsm_wishes wishes(const std::vector<std::string>& labels, hsm_wishes::others rest) {
  hsm_wishes made;
  made.vault = "v";
  for (const auto& label : labels) made.keys.push_back({{}, {}, label});
  made.rest = rest;
  return made;
}

hsm_wishes without(const std::string& label) {
  hsm_wishes made;
  made.vault = "v";
  made.dropped = {label};
  return made;
}

// Carries out all steps; what was done, in order. `made`: the id of what is installed.
std::vector<std::string> carry_out(token_content& content, const crypto::hsm_key_id& made) {
  std::vector<std::string> done;
  while (const auto* next = content.begin()) {
    if (next->install) {
      done.push_back("+" + next->label);
      content.done(made);
    } else {
      std::string removed = "-" + next->label;
      for (const auto& gone : content.to_remove()) removed += " " + std::to_string(gone.front());
      done.push_back(std::move(removed));
      content.done({});
    }
  }
  return done;
}

void fail_all(token_content& content) {
  while (content.begin() != nullptr) content.failed();
}

using strings = std::vector<std::string>;

token_content with(const std::vector<crypto::hsm_object>& objects) {
  token_content content;
  content.opened(objects);
  return content;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_contents)

BOOST_AUTO_TEST_CASE(what_is_missing_comes_and_what_nobody_knows_goes) {
  auto content = with({{id(1), "v/a/1"}, {id(2), "v/b/1"}, {id(3), "vv/c/1"}, {id(4), "seal"}});
  content.want(wishes({"v/a/1", "v/d/1"}, hsm_wishes::others::go_if_old));
  BOOST_TEST(content.missing() == 1U);
  BOOST_TEST((carry_out(content, id(5)) == strings{"+v/d/1", "-v/b/1 2"}));
  BOOST_TEST(content.held() == 4U);
  BOOST_TEST(content.missing() == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_about_to_be_committed_stays) {
  auto content = with({});
  content.installed("v/new/1", id(1));
  content.want(wishes({}, hsm_wishes::others::go_if_old));
  BOOST_TEST(carry_out(content, id(9)).empty());
  // A vault that was loaded just now has nothing under way.
  content.want(wishes({}, hsm_wishes::others::go));
  BOOST_TEST((carry_out(content, id(9)) == strings{"-v/new/1 1"}));
}

BOOST_AUTO_TEST_CASE(a_restored_key_goes_with_its_last_label) {
  auto content = with({{id(1), "v/a/1"}});
  content.installed("w/a/1", id(1));
  content.want(without("v/a/1"));
  BOOST_TEST((carry_out(content, id(9)) == strings{"-v/a/1"}));
  content.want(without("w/a/1"));
  BOOST_TEST((carry_out(content, id(9)) == strings{"-w/a/1 1"}));
}

BOOST_AUTO_TEST_CASE(what_is_wanted_again_is_there_in_the_end) {
  auto content = with({{id(1), "v/a/1"}});
  content.want(without("v/a/1"));
  content.want(wishes({"v/a/1"}, hsm_wishes::others::stay));
  BOOST_TEST((carry_out(content, id(1)) == strings{"+v/a/1"}));
  BOOST_TEST(content.held() == 1U);
  content.want(without("v/a/1"));
  content.want(without("v/a/1"));
  BOOST_TEST((carry_out(content, id(1)) == strings{"-v/a/1 1"}));
}

// Made twice, because the vault crashed in between: both go with the version.
BOOST_AUTO_TEST_CASE(a_label_may_have_two_keys) {
  auto content = with({{id(1), "v/a/1"}});
  content.installed("v/a/1", id(2));
  content.want(without("v/a/1"));
  BOOST_TEST((carry_out(content, id(9)) == strings{"-v/a/1 1 2"}));
}

BOOST_AUTO_TEST_CASE(what_failed_is_missing_until_it_is_tried_again) {
  auto content = with({{id(2), "v/b/1"}});
  content.want(wishes({"v/a/1"}, hsm_wishes::others::go));
  fail_all(content);
  BOOST_TEST(content.held() == 1U);
  BOOST_TEST(content.missing() == 1U);
  BOOST_TEST(content.has_failed());
  BOOST_TEST(carry_out(content, id(1)).empty());
  content.want(wishes({"v/a/1"}, hsm_wishes::others::stay));  // as before
  BOOST_TEST(carry_out(content, id(1)).empty());
  content.retry();
  BOOST_TEST(!content.has_failed());
  BOOST_TEST((carry_out(content, id(1)) == strings{"+v/a/1", "-v/b/1 2"}));
  BOOST_TEST(content.held() == 1U);
  BOOST_TEST(content.missing() == 0U);
}

// A key that was purged must not come back because it could not be installed at first.
BOOST_AUTO_TEST_CASE(what_failed_is_not_tried_again_if_nobody_wants_it_any_more) {
  for (const auto& news : {without("v/a/1"), wishes({}, hsm_wishes::others::go)}) {
    for (const bool is_under_way : {false, true}) {
      auto content = with({});
      content.want(wishes({"v/a/1"}, hsm_wishes::others::stay));
      BOOST_REQUIRE(content.begin() != nullptr);
      if (!is_under_way) content.failed();
      content.want(news);
      if (is_under_way) content.failed();
      content.retry();
      BOOST_TEST((carry_out(content, id(1)) == strings{"-v/a/1"}));
      BOOST_TEST(content.held() == 0U);
      BOOST_TEST(content.missing() == 0U);
    }
  }
}

BOOST_AUTO_TEST_CASE(of_a_label_the_latest_wish_counts) {
  auto content = with({});
  content.want(wishes({"v/a/1", "v/b/1"}, hsm_wishes::others::stay));
  content.want(without("v/a/1"));
  BOOST_TEST(content.missing() == 1U);
  content.want(wishes({"v/a/1"}, hsm_wishes::others::stay));
  BOOST_TEST(content.missing() == 2U);
  const auto* first = content.begin();
  BOOST_REQUIRE(first != nullptr);
  BOOST_TEST(content.begin() == nullptr);  // one after the other
  BOOST_TEST(content.missing() == 2U);
  const auto label = first->label;
  content.want(without(label));
  content.done(id(1));
  BOOST_TEST(content.held() == 1U);
  carry_out(content, id(2));
  BOOST_TEST(content.held() == 1U);
  BOOST_TEST(content.missing() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
