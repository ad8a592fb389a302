// What holds when the process or the disk gives up in the middle of an append.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>

#include <cstdio>

#include "store_files.hpp"

namespace twinkeep::regions::tests {

namespace {

constexpr const char* directory_variable = "TWINKEEP_TEST_STORE";

// This program once more, running one test that is disabled otherwise; its acknowledgements are
// read from a pipe. Not a fork alone: RocksDB's threads would be missing in the child.
class child_process {
 public:
  child_process(const fs::path& directory, const char* test) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    process_ = ::fork();
    BOOST_REQUIRE(process_ >= 0);
    if (process_ == 0) {
      ::dup2(ends[1], STDERR_FILENO);
      ::setenv(directory_variable, directory.c_str(), 1);
      const auto run = std::string{"--run_test=rocksdb_crash/"} + test;
      ::execl("/proc/self/exe", "test_regions", run.c_str(), "--log_level=nothing",
              "--report_level=no", nullptr);
      ::_exit(1);
    }
    ::close(ends[1]);
    acknowledged_ = ::fdopen(ends[0], "r");
  }
  ~child_process() {
    kill();
    std::fclose(acknowledged_);
  }
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  // The next revision that it says is on disk; 0: it ended.
  std::uint64_t next() {
    unsigned long long revision = 0;
    return std::fscanf(acknowledged_, "%llu", &revision) == 1 ? revision : 0;
  }
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }

 private:
  pid_t process_ = 0;
  std::FILE* acknowledged_ = nullptr;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(rocksdb_crash)

// Runs in the child only.
BOOST_AUTO_TEST_CASE(append_until_killed, *boost::unit_test::disabled()) {
  const char* directory = std::getenv(directory_variable);
  BOOST_REQUIRE(directory != nullptr);
  const auto medium = make_rocksdb_medium(directory);
  const auto store = std::move(*medium->open("eastus2", 1));
  constexpr std::uint64_t group = 4;
  const std::string padding(8000, 'x');
  for (auto r = position(*store).revision.value + 1;; r += group) {
    std::vector<batch_ptr> batches;
    for (auto i = r; i < r + group; ++i) {
      batches.push_back(
          make_batch("eastus2", at(1, i), {{"s/a", std::to_string(i)}, {"s/padding", padding}}));
    }
    if (!store->append(batches).ok()) return;
    std::fprintf(stderr, "%llu\n", static_cast<unsigned long long>(r + group - 1));
  }
}

BOOST_AUTO_TEST_CASE(what_was_acknowledged_survives_sigkill_in_mid_append) {
  rocksdb_disk disk;
  std::uint64_t reached = 0;
  for (const unsigned appends : {1u, 40u, 150u}) {
    {
      child_process child{disk.directory.path(), "append_until_killed"};
      for (unsigned i = 0; i < appends; ++i) {
        const auto acknowledged = child.next();
        BOOST_REQUIRE(acknowledged > reached);
        reached = acknowledged;
      }
    }
    const auto store = disk.must_open();
    const auto end = position(*store).revision.value;
    BOOST_TEST(end >= reached);
    BOOST_TEST(end % 4 == 0u);  // whole appends only
    BOOST_TEST(loaded(*store).front() == "s/a=" + std::to_string(end));
    BOOST_TEST(store->changes_since("eastus2", {}, 100'000)->size() == end);
    reached = end;
  }
}

BOOST_AUTO_TEST_CASE(another_process_has_the_store) {
  rocksdb_disk disk;
  child_process child{disk.directory.path(), "append_until_killed"};
  BOOST_REQUIRE(child.next() > 0);
  const auto opened = disk.open();
  BOOST_TEST(code_of(opened) == store_error_code::locked);
  BOOST_TEST(opened.error().message.find(disk.zone.string()) != std::string::npos);
  BOOST_TEST(code_of(disk.wipe()) == store_error_code::locked);
  BOOST_TEST(child.next() > 0);  // which has noticed nothing
  child.kill();
  disk.must_open();
}

// A disk that is full: the kernel is told to refuse longer files.
BOOST_AUTO_TEST_CASE(after_a_failed_write_nothing_is_acknowledged_until_reopened) {
  rocksdb_disk disk;
  auto store = disk.must_open();
  fill(*store, 1, 5);
  rlimit before{};
  BOOST_REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{64 * 1024, before.rlim_max};
  BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
  const auto large = make_batch("eastus2", at(1, 6), {{"s/large", std::string(200'000, 'x')}});
  const auto failed = append(*store, large);
  BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  BOOST_TEST(code_of(failed) == store_error_code::io);
  // There is room again, but what the disk holds is not known any more.
  BOOST_TEST(code_of(append(*store, large)) == store_error_code::io);
  BOOST_TEST(code_of(store->install("eastus2", {})) == store_error_code::io);
  BOOST_TEST(code_of(store->promise({3})) == store_error_code::io);
  BOOST_TEST(code_of(store->admit()) == store_error_code::io);
  check_lines(loaded(*store), {"s/n=5"});
  store.reset();
  store = disk.must_open();
  BOOST_TEST(position(*store) == at(1, 5));
  fill(*store, 6, 6);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
