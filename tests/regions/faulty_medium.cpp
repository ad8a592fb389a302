// The switches of a disk that fails on demand.
#include "store_kit.hpp"

namespace twinkeep::regions::tests {

namespace {

struct faulty_disk {
  std::vector<std::chrono::milliseconds> waits;
  faulty_medium medium{make_memory_medium(),
                       [this](std::chrono::milliseconds wait) { waits.push_back(wait); }};
  disk_faults& faults = medium.faults("eastus2", 1);
  std::unique_ptr<replica_store> store;

  faulty_disk() { reopen(); }
  void reopen() {
    store.reset();
    auto opened = medium.open("eastus2", 1);
    BOOST_REQUIRE_MESSAGE(opened.ok(), why(opened));
    store = std::move(*opened);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(faulty_media)

BOOST_AUTO_TEST_CASE(a_failed_sync_fails_every_kind_of_write) {
  faulty_disk disk;
  fill(*disk.store, 1, 3);
  const std::vector<std::function<store_outcome<void>()>> writes{
      [&] { return append(*disk.store, make_batch("eastus2", at(1, 4))); },
      [&] { return disk.store->install("eastus2", {}); }, [&] { return disk.store->promise({9}); },
      [&] { return disk.store->admit(); }};
  for (const auto& write : writes) {
    disk.reopen();
    disk.faults.fail_sync = true;
    BOOST_TEST(code_of(write()) == store_error_code::io);
    disk.faults.fail_sync = false;
  }
  disk.reopen();
  BOOST_TEST(position(*disk.store) == at(1, 3));
  BOOST_TEST(*disk.store->promised() == epoch{});
  BOOST_TEST(!*disk.store->admitted());
}

BOOST_AUTO_TEST_CASE(a_failed_disk_stays_lost_until_reopened) {
  faulty_disk disk;
  disk.faults.fail_sync = true;
  BOOST_TEST(code_of(append(*disk.store, make_batch("eastus2", at(1, 1)))) == store_error_code::io);
  disk.faults.fail_sync = false;
  BOOST_TEST(code_of(append(*disk.store, make_batch("eastus2", at(1, 1)))) == store_error_code::io);
  BOOST_TEST(position(*disk.store) == at(0, 0));
  disk.reopen();
  fill(*disk.store, 1, 1);
}

BOOST_AUTO_TEST_CASE(a_write_reported_as_failed_may_have_happened) {
  faulty_disk disk;
  disk.faults.fail_sync = true;
  disk.faults.written_all_the_same = true;
  BOOST_TEST(code_of(append(*disk.store, make_batch("eastus2", at(1, 1)))) == store_error_code::io);
  disk.faults.fail_sync = false;
  disk.reopen();
  BOOST_TEST(position(*disk.store) == at(1, 1));
}

BOOST_AUTO_TEST_CASE(failing_reads_fail_and_heal) {
  faulty_disk disk;
  fill(*disk.store, 1, 1);
  disk.faults.fail_reads = true;
  BOOST_TEST(code_of(disk.store->load("eastus2", "demo")) == store_error_code::io);
  BOOST_TEST(code_of(disk.store->position("eastus2")) == store_error_code::io);
  BOOST_TEST(code_of(disk.store->origins()) == store_error_code::io);
  BOOST_TEST(code_of(disk.store->changes_since("eastus2", {}, 1)) == store_error_code::io);
  BOOST_TEST(code_of(disk.store->snapshot("eastus2")) == store_error_code::io);
  BOOST_TEST(code_of(disk.store->promised()) == store_error_code::io);
  BOOST_TEST(code_of(disk.store->admitted()) == store_error_code::io);
  disk.faults.fail_reads = false;
  check_lines(loaded(*disk.store), {"s/n=1"});
}

BOOST_AUTO_TEST_CASE(a_corrupt_disk_stays_so_until_wiped) {
  faulty_disk disk;
  fill(*disk.store, 1, 1);
  disk.faults.corrupt = true;
  BOOST_TEST(code_of(disk.store->load("eastus2", "demo")) == store_error_code::corrupt);
  disk.store.reset();
  BOOST_TEST(code_of(disk.medium.open("eastus2", 1)) == store_error_code::corrupt);
  BOOST_TEST(disk.medium.wipe("eastus2", 1).ok());
  disk.reopen();
  BOOST_TEST(position(*disk.store) == at(0, 0));
}

BOOST_AUTO_TEST_CASE(a_slow_disk_waits_before_each_write_and_no_read) {
  faulty_disk disk;
  fill(*disk.store, 1, 1);
  BOOST_TEST(disk.waits.empty());
  disk.faults.slow = std::chrono::milliseconds{30};
  fill(*disk.store, 2, 2);
  BOOST_TEST(disk.store->admit().ok());
  BOOST_TEST(loaded(*disk.store).size() == 1u);
  BOOST_TEST(disk.waits.size() == 2u);
  BOOST_TEST(disk.waits.front().count() == 30);
}

BOOST_AUTO_TEST_CASE(each_zone_has_switches_of_its_own_that_stay_where_they_are) {
  faulty_disk disk;
  BOOST_TEST(&disk.medium.faults("eastus2", 1) == &disk.faults);
  BOOST_TEST(&disk.medium.faults("eastus2", 2) != &disk.faults);
  BOOST_TEST(&disk.medium.faults("centralus", 1) != &disk.faults);
  disk.faults.fail_sync = true;
  const auto neighbour = std::move(*disk.medium.open("eastus2", 2));
  fill(*neighbour, 1, 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
