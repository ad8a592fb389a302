// What a damaged RocksDB directory looks like from outside: `corrupt`, never a wrong answer.
#include "store_files.hpp"

namespace twinkeep::regions::tests {

namespace {

constexpr std::size_t record_bytes = 1000;

// Twenty appends, each of its own record.
void append_twenty(replica_store& store) {
  for (std::uint64_t r = 1; r <= 20; ++r) {
    const auto b = make_batch("eastus2", at(1, r),
                              {{"s/" + std::to_string(r), std::string(record_bytes, 'x')}});
    BOOST_REQUIRE(append(store, b).ok());
  }
}

void write_log_only(rocksdb_disk& disk) {
  append_twenty(*disk.must_open());
}

// The second opening moves the log into a table.
void write_table(rocksdb_disk& disk) {
  write_log_only(disk);
  disk.must_open();
}

template <class T>
bool is_corrupt(const store_outcome<T>& outcome) {
  return !outcome.ok() && outcome.error().code == store_error_code::corrupt;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rocksdb_damage)

BOOST_AUTO_TEST_CASE(a_log_damaged_before_its_end_is_corrupt) {
  rocksdb_disk disk;
  write_log_only(disk);
  damage(largest(disk.zone, ".log"), 5 * record_bytes);
  BOOST_TEST(code_of(disk.open()) == store_error_code::corrupt);
  BOOST_TEST(code_of(disk.open()) == store_error_code::corrupt);  // and does not heal by retrying
}

BOOST_AUTO_TEST_CASE(a_damaged_length_does_not_hide_the_appends_behind_it) {
  rocksdb_disk disk;
  write_log_only(disk);
  damage(largest(disk.zone, ".log"), 4, 2);  // of the first append
  BOOST_TEST(code_of(disk.open()) == store_error_code::corrupt);
}

BOOST_AUTO_TEST_CASE(a_log_that_breaks_off_ends_with_the_last_whole_append) {
  rocksdb_disk disk;
  write_log_only(disk);
  const auto log = largest(disk.zone, ".log");
  fs::resize_file(log, fs::file_size(log) - 10);
  const auto store = disk.must_open();
  BOOST_TEST(position(*store) == at(1, 19));
  BOOST_TEST(loaded(*store).size() == 19u);
}

// As a power failure leaves it: a page in the middle of a long append never reached the disk.
BOOST_AUTO_TEST_CASE(a_torn_last_append_is_not_taken_for_corruption) {
  rocksdb_disk disk;
  {
    const auto store = disk.must_open();
    append_twenty(*store);
    const auto large = make_batch("eastus2", at(1, 21), {{"s/large", std::string(100'000, 'x')}});
    BOOST_TEST(append(*store, large).ok());
  }
  const auto log = largest(disk.zone, ".log");
  damage(log, fs::file_size(log) - 60'000, 4096);
  {
    const auto store = disk.must_open();
    BOOST_TEST(position(*store) == at(1, 20));
    BOOST_TEST(loaded(*store).size() == 20u);
    BOOST_TEST(append(*store, make_batch("eastus2", at(2, 21))).ok());
  }
  BOOST_TEST(position(*disk.must_open()) == at(2, 21));
}

BOOST_AUTO_TEST_CASE(a_damaged_table_is_corrupt_when_opened_or_read) {
  rocksdb_disk disk;
  write_table(disk);
  const auto table = largest(disk.zone, ".sst");
  for (std::size_t offset = 100; offset < fs::file_size(table); offset += record_bytes * 3) {
    damage(table, offset);
    const auto opened = disk.open();
    if (opened.ok()) {
      BOOST_TEST((is_corrupt((*opened)->snapshot("eastus2")) ||
                  is_corrupt((*opened)->changes_since("eastus2", {}, 20))));
    } else {
      BOOST_TEST(opened.error().code == store_error_code::corrupt);
    }
    damage(table, offset);  // and back
  }
  BOOST_TEST(loaded(*disk.must_open()).size() == 20u);
}

BOOST_AUTO_TEST_CASE(missing_and_mangled_files_are_corrupt) {
  for (const auto* ending : {".sst", "CURRENT"}) {
    rocksdb_disk disk;
    write_table(disk);
    fs::remove(largest(disk.zone, ending));
    BOOST_TEST(code_of(disk.open()) == store_error_code::corrupt, "without " << ending);
  }
  for (const auto* name : {"CURRENT", "MANIFEST"}) {
    rocksdb_disk disk;
    write_table(disk);
    for (const auto& [file, content] : all_files(disk.zone)) {
      if (file.starts_with(name)) write_file(disk.zone / file, "nonsense\n");
    }
    BOOST_TEST(code_of(disk.open()) == store_error_code::corrupt, "mangled " << name);
  }
}

BOOST_AUTO_TEST_CASE(a_corrupt_disk_is_set_aside_and_at_most_two_are_kept) {
  rocksdb_disk disk;
  const auto aside = [&](unsigned n) {
    return fs::exists(disk.directory.path() / "eastus2" / ("zone-1.corrupt-" + std::to_string(n)));
  };
  for (unsigned round = 1; round <= 4; ++round) {
    write_log_only(disk);
    damage(largest(disk.zone, ".log"), 5 * record_bytes);
    BOOST_TEST(code_of(disk.open()) == store_error_code::corrupt);
    BOOST_TEST(disk.wipe().ok());
    BOOST_TEST(aside(round));
    BOOST_TEST(position(*disk.must_open()) == at(0, 0));
  }
  BOOST_TEST((!aside(1) && !aside(2) && aside(3) && aside(4)));
}

BOOST_AUTO_TEST_CASE(a_disk_found_corrupt_while_open_is_set_aside_too) {
  rocksdb_disk disk;
  write_table(disk);
  damage(largest(disk.zone, ".sst"), 2 * record_bytes);
  {
    const auto store = disk.must_open();
    BOOST_TEST(code_of(store->snapshot("eastus2")) == store_error_code::corrupt);
  }
  BOOST_TEST(disk.wipe().ok());
  BOOST_TEST(fs::exists(disk.directory.path() / "eastus2" / "zone-1.corrupt-1"));
}

BOOST_AUTO_TEST_CASE(a_sound_disk_that_is_wiped_leaves_nothing) {
  rocksdb_disk disk;
  write_log_only(disk);
  BOOST_TEST(disk.wipe().ok());
  BOOST_TEST(fs::is_empty(disk.directory.path() / "eastus2"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
