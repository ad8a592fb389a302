// The quorum log as plain data: events in, effects out, no disk behind it.
#include <boost/test/unit_test.hpp>

#include "quorum_kit.hpp"

namespace twinkeep::regions::tests {

namespace {

using namespace quorum_effect;

struct plain_log {
  quorum_log log{home};
  std::vector<quorum_effect_t> effects;
  commit_token last_token = 0;

  void take() {
    for (auto& e : log.take_effects()) effects.push_back(std::move(e));
  }
  // All effects of a kind since it was last asked for, in order.
  template <class Effect>
  std::vector<Effect> told() {
    take();
    std::vector<Effect> found;
    for (const auto& e : effects) {
      if (const auto* wanted = std::get_if<Effect>(&e)) found.push_back(*wanted);
    }
    std::erase_if(effects, [](const auto& e) { return std::holds_alternative<Effect>(e); });
    return found;
  }
  void commit(const std::string& vault = "demo", bool accepted = true) {
    BOOST_TEST(log.commit(++last_token, vault, {}) == accepted);
  }
  // The last group that was sent is acknowledged by two.
  void acknowledge(std::initializer_list<unsigned> zones = {1, 2}) {
    const auto sent = told<append_group>();
    BOOST_REQUIRE(!sent.empty());
    for (const unsigned zone : zones) log.appended(zone, sent.back().group);
  }
};

zone_report old_disk(std::uint64_t revision, epoch promised = {4}, bool admitted = true) {
  return {promised, admitted, {{home, at(4, revision)}}};
}

// Two zones began, the third has caught up; the log ends with the marker {5, 8}.
struct active_log : plain_log {
  active_log() {
    for (const unsigned zone : all_zones) log.opened(zone, old_disk(7));
    for (const auto& p : told<promise_epoch>()) log.promised(p.zone, p.number);
    acknowledge();
    BOOST_REQUIRE(told<sync_zone>().size() == 1u);
    log.synced(3, home, at(5, 8), false);
    BOOST_REQUIRE(told<zone_entered>().size() == 3u);
    BOOST_REQUIRE(log.zones_in_sync() == 3u);
  }
};

std::vector<std::size_t> sizes(const std::vector<append_group>& groups) {
  std::vector<std::size_t> found;
  for (const auto& g : groups) found.push_back(g.batches->size());
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(quorum_log_plain)

BOOST_AUTO_TEST_CASE(two_reports_begin_and_the_epoch_is_above_all_that_they_say) {
  plain_log q;
  q.log.opened(1, old_disk(7, {4}));
  BOOST_TEST(q.told<promise_epoch>().empty());
  q.log.opened(2, old_disk(7, {9}));
  const auto promises = q.told<promise_epoch>();
  BOOST_REQUIRE(promises.size() == 2u);
  for (const auto& p : promises) BOOST_TEST(p.number == epoch{10});
  q.log.promised(1, {10});
  BOOST_TEST(q.told<append_group>().empty());
  q.log.promised(2, {9});  // of an earlier attempt
  BOOST_TEST(q.told<append_group>().empty());
  q.log.promised(2, {10});
  const auto marker = q.told<append_group>();
  BOOST_REQUIRE(marker.size() == 2u);
  BOOST_TEST(marker[0].batches->at(0)->at == at(10, 8));
  BOOST_TEST(marker[0].batches->at(0)->changes.empty());
  BOOST_TEST(q.log.committed(home) == at(0, 0));
  q.log.appended(1, marker[0].group);
  BOOST_TEST(!q.log.has_quorum());
  q.log.appended(2, marker[0].group);
  BOOST_TEST(q.log.has_quorum());
  BOOST_TEST(q.log.committed(home) == at(10, 8));
}

BOOST_AUTO_TEST_CASE(the_log_of_the_later_epoch_wins_not_the_longer_one) {
  plain_log q;
  q.log.opened(1, {{5}, true, {{home, at(4, 90)}}});
  q.log.opened(2, {{5}, true, {{home, at(5, 20)}}});
  for (const auto& p : q.told<promise_epoch>()) q.log.promised(p.zone, p.number);
  const auto copies = q.told<sync_zone>();
  BOOST_REQUIRE(copies.size() == 1u);
  BOOST_TEST(copies[0].to == 1u);
  BOOST_TEST(copies[0].from == 2u);
  BOOST_TEST(copies[0].after == at(4, 90));
  q.log.synced(1, home, at(5, 20), false);
  BOOST_TEST(q.told<append_group>().at(0).batches->at(0)->at == at(6, 21));
}

BOOST_AUTO_TEST_CASE(every_origin_is_levelled_from_whoever_has_most_of_it) {
  plain_log q;
  q.log.opened(1, {{4}, true, {{home, at(4, 7)}, {primary, at(1, 50)}}});
  q.log.opened(2, {{4}, true, {{home, at(4, 9)}}});
  for (const auto& p : q.told<promise_epoch>()) q.log.promised(p.zone, p.number);
  auto copies = q.told<sync_zone>();
  BOOST_REQUIRE(copies.size() == 2u);
  for (const auto& c : copies) {
    BOOST_TEST(c.from == (c.origin == home ? 2u : 1u));
    BOOST_TEST(c.to == (c.origin == home ? 1u : 2u));
  }
  q.log.synced(1, home, at(4, 8), true);
  copies = q.told<sync_zone>();
  BOOST_REQUIRE(copies.size() == 1u);
  BOOST_TEST(copies[0].after == at(4, 8));
  q.log.synced(1, home, at(4, 9), false);
  BOOST_TEST(q.told<append_group>().empty());
  q.log.synced(2, primary, at(1, 50), false);
  q.acknowledge();
  BOOST_TEST(q.log.committed(primary) == at(1, 50));
}

BOOST_AUTO_TEST_CASE(what_waits_goes_to_disk_together) {
  active_log q;
  q.commit();
  for (int i = 0; i < 5; ++i) q.commit();
  auto sent = q.told<append_group>();
  BOOST_TEST(sizes(sent) == std::vector<std::size_t>({1, 1, 1}), boost::test_tools::per_element());
  q.log.appended(1, sent[0].group);
  BOOST_TEST(q.told<append_group>().empty());
  q.log.appended(3, sent[0].group);
  BOOST_TEST(q.told<committed>().at(0).tokens.size() == 1u);
  sent = q.told<append_group>();
  BOOST_TEST(sizes(sent) == std::vector<std::size_t>({5, 5, 5}), boost::test_tools::per_element());
  q.log.appended(1, sent[0].group);
  q.log.appended(2, sent[0].group);
  const auto answered = q.told<committed>();
  BOOST_REQUIRE(answered.size() == 1u);
  BOOST_TEST(answered[0].tokens == std::vector<commit_token>({2, 3, 4, 5, 6}),
             boost::test_tools::per_element());
  BOOST_TEST(q.log.committed(home) == at(5, 14));
}

BOOST_AUTO_TEST_CASE(groups_and_the_queue_have_bounds) {
  active_log q;
  q.commit();
  for (std::size_t i = 0; i < quorum_log::max_queued_commits; ++i) q.commit();
  q.commit("demo", false);
  q.acknowledge();
  BOOST_TEST(q.told<append_group>().at(0).batches->size() == quorum_log::max_group_batches);
  q.commit();  // there is room again
}

BOOST_AUTO_TEST_CASE(only_what_waits_can_be_dropped) {
  active_log q;
  q.commit("one");
  q.commit("one");
  q.commit("two");
  BOOST_TEST(q.log.in_flight("one"));
  BOOST_TEST(!q.log.in_flight("two"));
  q.log.drop_queued("one");
  const auto gone = q.told<refused>();
  BOOST_REQUIRE(gone.size() == 1u);
  BOOST_TEST(gone[0].tokens == std::vector<commit_token>({2}), boost::test_tools::per_element());
  BOOST_TEST(!gone[0].in_doubt);
  q.acknowledge();
  BOOST_TEST(!q.log.in_flight("one"));
  BOOST_TEST(q.log.in_flight("two"));
  q.log.drop_queued("three");
  BOOST_TEST(q.told<refused>().empty());
}

BOOST_AUTO_TEST_CASE(an_acknowledgement_counts_once_and_only_for_its_group) {
  active_log q;
  q.commit();
  const auto group = q.told<append_group>().at(0).group;
  q.log.appended(1, group);
  q.log.appended(1, group);
  q.log.appended(2, group - 1);
  q.log.appended(2, group + 1);
  BOOST_TEST(q.told<committed>().empty());
  q.log.appended(2, group);
  BOOST_TEST(q.told<committed>().size() == 1u);
}

BOOST_AUTO_TEST_CASE(answers_from_before_a_loss_are_not_heard) {
  active_log q;
  q.commit();
  const auto group = q.told<append_group>().at(0).group;
  q.log.appended(1, group);
  q.log.lost(1);
  q.log.appended(1, group);
  q.log.synced(1, home, at(9, 99), false);
  q.log.admitted(1);
  BOOST_TEST(q.told<committed>().empty());
  BOOST_TEST(q.log.position(1) == at(0, 0));
  q.log.opened(1, old_disk(8));
  q.log.appended(1, group);  // sent to an earlier opening of it
  BOOST_TEST(q.told<committed>().empty());
}

BOOST_AUTO_TEST_CASE(the_loss_of_a_bystander_does_not_begin_anew) {
  plain_log q;
  q.log.opened(1, old_disk(7));
  q.log.opened(2, old_disk(7));
  q.log.opened(3, {{}, false, {}});
  BOOST_TEST(q.told<promise_epoch>().size() == 2u);
  q.log.lost(3);
  BOOST_TEST(q.told<report_zone>().empty());
  q.log.lost(2);
  const auto asked = q.told<report_zone>();
  BOOST_REQUIRE(asked.size() == 1u);
  BOOST_TEST(asked[0].zone == 1u);
  BOOST_TEST(q.told<zone_left>().empty());  // nobody had entered
}

BOOST_AUTO_TEST_CASE(a_quorum_lost_asks_the_others_anew_before_it_begins_again) {
  active_log q;
  q.log.lost(1);
  q.log.lost(2);
  BOOST_TEST(q.told<quorum_lost>().size() == 1u);
  BOOST_TEST(q.told<report_zone>().at(0).zone == 3u);
  BOOST_TEST((q.log.phase(3) == zone_phase::reporting));
  q.log.opened(1, old_disk(7));
  BOOST_TEST(q.told<promise_epoch>().empty());  // zone 3 may know more than zone 1
  q.log.opened(3, {{5}, true, {{home, at(5, 8)}}});
  BOOST_TEST(q.told<promise_epoch>().at(0).number == epoch{6});
}

BOOST_AUTO_TEST_CASE(without_a_quorum_everything_is_refused_at_once) {
  plain_log q;
  q.commit();
  BOOST_TEST(q.log.commit_replicated(2, {primary_batch(1)}));
  BOOST_TEST(q.log.install(3, primary, primary_snapshot(4)));
  const auto answers = q.told<refused>();
  BOOST_REQUIRE(answers.size() == 3u);
  for (const auto& a : answers) BOOST_TEST(!a.in_doubt);
}

BOOST_AUTO_TEST_CASE(a_snapshot_has_a_group_of_its_own_in_its_turn) {
  active_log q;
  q.commit();
  q.commit();
  BOOST_TEST(q.log.install(90, primary, primary_snapshot(4)));
  q.commit();
  q.acknowledge();
  q.acknowledge();
  const auto installs = q.told<install_origin>();
  BOOST_REQUIRE(installs.size() == 3u);
  BOOST_TEST(installs[0].origin == primary);
  BOOST_TEST(q.told<append_group>().empty());
  q.log.appended(2, installs[0].group);
  q.log.appended(3, installs[0].group);
  BOOST_TEST(q.log.committed(primary) == at(1, 4));
  BOOST_TEST(q.told<append_group>().size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
