// What a region's log promises, one story each, over three disks in memory.
#include "quorum_kit.hpp"

namespace twinkeep::regions::tests {

namespace {

using fate = test_region::fate;

// A region with its first quorum.
struct running_region : test_region {
  explicit running_region(std::size_t retained = 8) : test_region(retained) {
    heal();
    BOOST_REQUIRE(log().has_quorum());
    BOOST_REQUIRE(log().zones_in_sync() == 3u);
  }
  commit_token committed() {
    const auto token = commit();
    settle();
    BOOST_TEST(fate_of(token) == fate::committed);
    return token;
  }
  void work_all(unsigned zone) {
    while (can_work(zone)) work(zone);
  }
  void answer_all(unsigned zone) {
    while (can_answer(zone)) answer(zone);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(quorum_log_examples)

BOOST_AUTO_TEST_CASE(the_very_first_start_needs_all_three_disks) {
  test_region r;
  r.heal({3});
  BOOST_TEST(!r.log().has_quorum());
  BOOST_TEST(!r.log().ever_had_quorum());
  r.heal();
  BOOST_TEST(r.log().has_quorum());
  for (const unsigned zone : all_zones) BOOST_TEST(r.end_of(zone) == at(1, 1));
  BOOST_TEST(r.log().committed(home) == at(1, 1));
  BOOST_TEST(r.gained == 1u);
  BOOST_TEST(r.entered == std::vector<unsigned>({1, 2, 3}), boost::test_tools::per_element());
}

// Otherwise the loss of one of the two would leave the other without a second voter for ever.
BOOST_AUTO_TEST_CASE(a_first_start_cut_short_does_not_begin_with_two) {
  test_region r;
  for (const unsigned zone : all_zones) r.open(zone);
  for (const unsigned zone : all_zones) r.work(zone), r.answer(zone);
  for (const unsigned zone : {1u, 2u}) r.work(zone), r.answer(zone);  // are admitted
  r.crash(3);
  r.settle();
  BOOST_TEST(!r.log().has_quorum());
  r.restart();
  r.heal({3});
  BOOST_TEST(!r.log().has_quorum());
  r.heal();
  BOOST_TEST(r.log().zones_in_sync() == 3u);
}

BOOST_AUTO_TEST_CASE(later_starts_need_two_and_the_third_catches_up) {
  running_region r;
  const auto token = r.committed();
  r.restart();
  r.heal({2});
  BOOST_TEST(r.log().has_quorum());
  BOOST_TEST(r.log().zones_in_sync() == 2u);
  BOOST_TEST(r.end_of(1) == at(2, 3));  // the marker of the new epoch
  r.heal();
  BOOST_TEST(r.end_of(2) == at(2, 3));
  BOOST_TEST(r.held(2).contains(token));
  r.restart();
  r.heal({1, 2});
  BOOST_TEST(!r.log().has_quorum());
}

BOOST_AUTO_TEST_CASE(a_commit_is_acknowledged_by_two_disks) {
  running_region r;
  const auto token = r.commit();
  r.work_all(1);
  r.answer_all(1);
  BOOST_TEST(r.fate_of(token) == fate::open);
  r.work_all(3);
  BOOST_TEST(r.fate_of(token) == fate::open);
  r.answer_all(3);
  BOOST_TEST(r.fate_of(token) == fate::committed);
  BOOST_TEST(r.log().committed(home) == at(1, 2));
  BOOST_TEST(r.log().position(2) == at(1, 1));
  r.settle();
  BOOST_TEST(r.log().position(2) == at(1, 2));
}

BOOST_AUTO_TEST_CASE(a_zone_that_lags_is_no_source_of_reads) {
  running_region r;
  r.commit();
  r.settle({1});
  BOOST_TEST(r.log().phase(1) == zone_phase::in_sync);
  BOOST_TEST(r.log().best_source() == 2u);
  BOOST_TEST(r.log().best_source(2) == 3u);
  r.settle();
  BOOST_TEST(r.log().best_source() == 1u);
}

BOOST_AUTO_TEST_CASE(losing_one_zone_refuses_nothing) {
  running_region r;
  const auto under_way = r.commit();
  r.work_all(1);
  r.answer_all(1);
  r.crash(1);  // and with it the only acknowledgement
  const auto waiting = r.commit();
  r.settle();
  BOOST_TEST(r.fate_of(under_way) == fate::committed);
  BOOST_TEST(r.fate_of(waiting) == fate::committed);
  BOOST_TEST(r.lost == 0u);
  BOOST_TEST((r.held(2).contains(under_way) && r.held(3).contains(waiting)));
  BOOST_TEST(r.left == std::vector<unsigned>({1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(losing_two_zones_refuses_writes_and_says_what_is_in_doubt) {
  running_region r;
  const auto under_way = r.commit();
  const auto waiting = r.commit();
  r.crash(1);
  BOOST_TEST(r.lost == 0u);
  r.crash(2);
  BOOST_TEST(r.lost == 1u);
  BOOST_TEST(r.fate_of(under_way) == fate::in_doubt);
  BOOST_TEST(r.fate_of(waiting) == fate::refused);
  const auto late = r.commit();
  BOOST_TEST(r.fate_of(late) == fate::refused);
  r.settle();
  BOOST_TEST(!r.log().has_quorum());
  BOOST_TEST(r.log().ever_had_quorum());
}

BOOST_AUTO_TEST_CASE(a_commit_in_doubt_is_rolled_forward_from_the_disk_that_has_it) {
  running_region r;
  bool doubtful = false;
  r.on_gained = [&](bool d) { doubtful = d; };
  const auto token = r.commit();
  r.work_all(2);  // on disk, not acknowledged
  r.crash(1);
  r.crash(3);
  BOOST_TEST(r.fate_of(token) == fate::in_doubt);
  r.heal({1});
  BOOST_TEST(doubtful);  // vaults must be loaded anew
  BOOST_TEST(r.held(3).contains(token));
  r.crash(2);
  r.heal();
  BOOST_TEST(!doubtful);
  for (const unsigned zone : all_zones) BOOST_TEST(r.held(zone).contains(token));
}

BOOST_AUTO_TEST_CASE(a_commit_in_doubt_that_no_voter_has_is_rolled_back_for_ever) {
  running_region r;
  const auto token = r.commit();
  r.work_all(1);
  r.restart();
  r.heal({1});
  const auto other = r.commit();
  r.settle();
  BOOST_TEST(r.held(1).contains(token));
  BOOST_TEST(r.end_of(1) == at(1, 2));
  r.heal();
  BOOST_TEST(r.log().phase(1) == zone_phase::in_sync);
  BOOST_TEST(!r.held(1).contains(token));
  BOOST_TEST(r.held(1).contains(other));
  BOOST_TEST(r.content(1) == r.content(2));
}

// Raft, figure 8: a batch of an earlier epoch counts only once the marker of a later one is
// committed. Zone 2 has it twice over, and still it is rolled back.
BOOST_AUTO_TEST_CASE(what_is_levelled_is_not_committed_before_the_marker) {
  running_region r;
  const auto token = r.commit();
  r.work_all(1);
  r.restart();
  r.open(1);
  r.open(2);
  while (r.log().phase(1) != zone_phase::in_sync) {  // level, the marker is sent
    for (const unsigned zone : {1u, 2u}) {
      if (r.can_work(zone)) r.work(zone);
      if (r.can_answer(zone)) r.answer(zone);
    }
  }
  BOOST_TEST(!r.log().has_quorum());
  BOOST_TEST(r.held(2).contains(token));
  BOOST_TEST(r.log().committed(home) < at(1, 2));
}

BOOST_AUTO_TEST_CASE(an_epoch_is_above_every_promise) {
  running_region r;
  for (std::uint64_t round = 2; round < 6; ++round) {
    r.restart();
    r.heal({static_cast<unsigned>(round % 3 + 1)});
    BOOST_TEST(r.log().committed(home).epoch == epoch{round});
  }
  // An attempt that ends after its promises has used up its number.
  r.restart();
  for (const unsigned zone : {1u, 2u}) r.open(zone), r.work(zone), r.answer(zone);
  for (const unsigned zone : {1u, 2u}) r.work(zone);
  r.restart();
  r.heal();
  BOOST_TEST(r.log().committed(home).epoch == epoch{7});
}

BOOST_AUTO_TEST_CASE(a_wiped_zone_is_no_voter_until_it_is_filled) {
  running_region r;
  const auto token = r.committed();
  r.restart();
  r.wipe(1);
  r.heal({2});
  BOOST_TEST(!r.log().has_quorum());  // one that knows, and one that knows nothing
  r.heal();
  BOOST_TEST(r.log().zones_in_sync() == 3u);
  BOOST_TEST(r.held(1).contains(token));
  r.restart();
  r.heal({2});  // admitted now
  BOOST_TEST(r.log().has_quorum());
}

BOOST_AUTO_TEST_CASE(an_empty_majority_does_not_outvote_the_one_that_knows) {
  running_region r;
  const auto token = r.committed();
  r.restart();
  r.wipe(1);
  r.wipe(3);
  r.heal();
  BOOST_TEST(!r.log().has_quorum());
  BOOST_TEST(r.held(2).contains(token));
}

BOOST_AUTO_TEST_CASE(a_zone_catches_up_beside_commits_and_misses_none) {
  for (const std::size_t retained : {std::size_t{3}, std::size_t{100}}) {  // by snapshot, by log
    running_region r{retained};
    r.crash(3);
    for (int i = 0; i < 20; ++i) r.committed();
    r.open(3);
    std::vector<commit_token> beside;
    for (int i = 0; i < 200 && r.log().phase(3) != zone_phase::in_sync; ++i) {
      if (i % 3 == 0) beside.push_back(r.commit());
      for (const unsigned zone : all_zones) {
        if (r.can_work(zone)) r.work(zone);
        if (r.can_answer(zone)) r.answer(zone);
      }
    }
    BOOST_TEST(r.log().phase(3) == zone_phase::in_sync);
    r.settle();
    for (const auto token : beside) {
      BOOST_TEST(r.fate_of(token) == fate::committed);
      BOOST_TEST(r.held(3).contains(token));
    }
    BOOST_TEST(r.content(3) == r.content(1));
  }
}

BOOST_AUTO_TEST_CASE(commits_held_for_a_zone_go_on_when_it_is_lost) {
  running_region r;
  r.crash(3);
  r.committed();
  r.wipe(3);
  r.open(3);
  // Level but not yet admitted: commits are held for that moment.
  while (r.log().position(3) != r.log().committed(home)) {
    for (const unsigned zone : all_zones) {
      if (r.can_work(zone)) r.work(zone);
      if (r.can_answer(zone)) r.answer(zone);
    }
  }
  const auto held = r.commit();
  BOOST_TEST((!r.can_work(1) && !r.can_work(2)));
  r.crash(3);
  r.settle();
  BOOST_TEST(r.fate_of(held) == fate::committed);
}

BOOST_AUTO_TEST_CASE(a_source_that_cannot_be_read_is_lost) {
  running_region r;
  r.crash(3);
  r.committed();
  r.open(3);
  r.settle({1, 2});  // has reported, and is to be filled from zone 1
  r.crash(1);
  BOOST_TEST(r.lost == 1u);
  r.heal({1});
  BOOST_TEST(r.log().zones_in_sync() == 2u);
  r.heal();
  BOOST_TEST(r.log().zones_in_sync() == 3u);
}

BOOST_AUTO_TEST_CASE(a_failed_sync_loses_the_zone_whether_or_not_it_was_written) {
  for (const bool written : {false, true}) {
    running_region r;
    r.fail_next_write(2, written);
    const auto token = r.committed();
    BOOST_TEST(r.log().phase(2) == zone_phase::absent);
    BOOST_TEST(r.held(2).contains(token) == written);
    r.heal();
    BOOST_TEST(r.held(2).contains(token));
  }
}

BOOST_AUTO_TEST_CASE(a_zone_far_behind_is_given_up_and_comes_back) {
  running_region r;
  for (std::size_t i = 0; i <= quorum_log::max_zone_backlog + 1; ++i) {
    r.commit();
    r.settle({3});
  }
  BOOST_TEST(r.log().phase(3) == zone_phase::absent);
  BOOST_TEST(r.log().has_quorum());
  r.heal();
  BOOST_TEST(r.content(3) == r.content(1));
}

BOOST_AUTO_TEST_CASE(a_zone_that_wakes_up_late_finishes_and_is_put_right) {
  running_region r;
  const auto token = r.commit();
  r.settle({3});
  r.time_out(3);
  const auto later = r.committed();  // runs zone 3 as well: it appends what it was told long ago
  BOOST_TEST(r.log().phase(3) == zone_phase::absent);
  BOOST_TEST(r.held(3).contains(token));
  BOOST_TEST(!r.held(3).contains(later));
  r.heal();
  BOOST_TEST(r.content(3) == r.content(1));
}

BOOST_AUTO_TEST_CASE(a_primarys_changes_keep_their_positions_beside_the_own_ones) {
  running_region r;
  const auto own = r.commit();
  const auto copied = r.replicate(1, 4);
  r.settle();
  BOOST_TEST(r.fate_of(own) == fate::committed);
  BOOST_TEST(r.fate_of(copied) == fate::committed);
  BOOST_TEST(r.log().committed(primary) == at(1, 4));
  r.replicate(3, 6);  // what is held already is skipped
  r.settle();
  BOOST_TEST(r.log().committed(primary) == at(1, 6));
  for (const unsigned zone : all_zones) BOOST_TEST(r.end_of(zone, primary) == at(1, 6));
  BOOST_TEST(r.log().committed(home) == at(1, 2));
}

BOOST_AUTO_TEST_CASE(a_snapshot_of_the_primary_replaces_even_what_is_newer) {
  running_region r;
  for (const std::uint64_t end : {30u, 10u}) {
    const auto token = r.install(end);
    r.commit();
    r.settle({2});
    BOOST_TEST(r.fate_of(token) == fate::committed);
    BOOST_TEST(r.log().committed(primary) == at(1, end));
    r.settle();
    BOOST_TEST(r.end_of(2, primary) == at(1, end));
  }
  r.replicate(11, 12);
  r.settle();
  for (const unsigned zone : all_zones) BOOST_TEST(r.end_of(zone, primary) == at(1, 12));
  r.restart();
  r.heal();
  BOOST_TEST(r.log().committed(primary) == at(1, 12));
}

// Zone 1 alone had something of the primary; it is made to forget, and has "nothing" of it from
// then on where the others have never heard of it.
BOOST_AUTO_TEST_CASE(an_origin_of_which_nobody_has_anything_holds_nothing_up) {
  running_region r;
  r.replicate(1, 1);
  r.work_all(1);
  r.restart();
  r.heal({1});
  r.heal();
  BOOST_TEST(r.end_of(1, primary) == at(0, 0));
  r.crash(3);
  r.heal();
  BOOST_TEST(r.log().zones_in_sync() == 3u);
  r.replicate(1, 2);
  r.settle();
  for (const unsigned zone : all_zones) BOOST_TEST(r.end_of(zone, primary) == at(1, 2));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
