// Whose directory it is: format, lock, place.
#include "store_files.hpp"

namespace twinkeep::regions::tests {

BOOST_AUTO_TEST_SUITE(rocksdb_directory)

BOOST_AUTO_TEST_CASE(another_format_is_refused_and_left_untouched) {
  rocksdb_disk disk;
  fill(*disk.must_open(), 1, 3);
  write_file(disk.zone / "FORMAT", "twinkeep store 7\n");
  const auto before = all_files(disk.zone);
  const auto opened = disk.open();
  BOOST_TEST(code_of(opened) == store_error_code::unknown_format);
  for (const auto& part : {disk.zone.string(), std::string{"store 1"}, std::string{"store 7"}}) {
    BOOST_TEST(opened.error().message.find(part) != std::string::npos, opened.error().message);
  }
  BOOST_TEST((all_files(disk.zone) == before));
  write_file(disk.zone / "FORMAT", "twinkeep store 1\n");
  BOOST_TEST(position(*disk.must_open()) == at(1, 3));
}

BOOST_AUTO_TEST_CASE(a_directory_with_something_else_is_refused_and_left_untouched) {
  rocksdb_disk disk;
  fs::create_directories(disk.zone);
  write_file(disk.zone / "thesis.txt", "irreplaceable");
  BOOST_TEST(code_of(disk.open()) == store_error_code::unknown_format);
  const auto files = all_files(disk.zone);
  BOOST_TEST(files.size() == 1u);
  BOOST_TEST(files.at("thesis.txt") == "irreplaceable");
}

BOOST_AUTO_TEST_CASE(a_store_without_its_format_is_refused) {
  rocksdb_disk disk;
  fill(*disk.must_open(), 1, 3);
  fs::remove(disk.zone / "FORMAT");
  BOOST_TEST(code_of(disk.open()) == store_error_code::unknown_format);
  BOOST_TEST(!fs::exists(disk.zone / "FORMAT"));
}

BOOST_AUTO_TEST_CASE(an_empty_directory_gets_the_current_format) {
  rocksdb_disk disk;
  fs::create_directories(disk.zone / "lost+found");  // a disk of its own, freshly made
  write_file(disk.zone / "FORMAT.new", "twink");     // the very first start was cut short
  disk.must_open();
  BOOST_TEST(read_file(disk.zone / "FORMAT") == "twinkeep store 1\n");
}

BOOST_AUTO_TEST_CASE(a_first_start_cut_short_is_begun_anew) {
  rocksdb_disk disk;
  fs::create_directories(disk.zone);
  write_file(disk.zone / "FORMAT", "twinkeep store 1\n");
  write_file(disk.zone / "MANIFEST-000001", "");
  write_file(disk.zone / "LOCK", "");
  fill(*disk.must_open(), 1, 1);
}

BOOST_AUTO_TEST_CASE(a_region_can_have_its_stores_elsewhere) {
  temporary_directory here;
  temporary_directory there;
  const auto medium = make_rocksdb_medium(here.path(), {{"westus3", there.path() / "west"}});
  BOOST_TEST(medium->open("westus3", 2).ok());
  BOOST_TEST(medium->open("eastus2", 2).ok());
  BOOST_TEST(fs::exists(there.path() / "west" / "zone-2" / "CURRENT"));
  BOOST_TEST(fs::exists(here.path() / "eastus2" / "zone-2" / "CURRENT"));
  BOOST_TEST(!fs::exists(here.path() / "westus3"));
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_an_io_error) {
  temporary_directory directory;
  write_file(directory.path() / "eastus2", "a file where a directory is needed");
  const auto medium = make_rocksdb_medium(directory.path());
  BOOST_TEST(code_of(medium->open("eastus2", 1)) == store_error_code::io);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
