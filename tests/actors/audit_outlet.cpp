// Where audit lines go for good: files that rotate, and what tells that they cannot be written.
#include "actors/audit/audit_outlet.hpp"

#include <fcntl.h>
#include <sys/resource.h>

#include <csignal>

#include "identity_kit.hpp"

namespace twinkeep::actors::tests {

namespace {

std::unique_ptr<audit_outlet> must_open(const fs::path& file, const audit_file_rules& rules) {
  auto opened = open_audit_file(file, rules);
  if (!opened) BOOST_FAIL(opened.error());
  return std::move(*opened);
}

void must_write(audit_outlet& out, std::string_view lines) {
  const auto [taken, why] = out.write(lines);
  BOOST_TEST(why == "");
  BOOST_TEST(taken == lines.size());
}

struct log_directory {
  temporary_directory scratch;
  fs::path file = scratch.path() / "audit.log";
  [[nodiscard]] std::string aside(int n) const {
    const fs::path name = file.string() + "." + std::to_string(n);
    return fs::exists(name) ? content_of(name) : "none";
  }
};

// No file of this process grows beyond it while this lives.
struct file_limit {
  explicit file_limit(rlim_t octets) {
    before_ = std::signal(SIGXFSZ, SIG_IGN);
    BOOST_REQUIRE(::getrlimit(RLIMIT_FSIZE, &was_) == 0);
    const rlimit now{octets, was_.rlim_max};
    BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &now) == 0);
  }
  ~file_limit() {
    ::setrlimit(RLIMIT_FSIZE, &was_);
    std::signal(SIGXFSZ, before_);
  }
  file_limit(const file_limit&) = delete;
  file_limit& operator=(const file_limit&) = delete;

 private:
  rlimit was_{};
  void (*before_)(int) = nullptr;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_outlet_of, log_directory)

BOOST_AUTO_TEST_CASE(a_file_is_its_owners_and_goes_on_after_a_start) {
  must_write(*must_open(file, {1000, 1}), "one\n");
  must_write(*must_open(file, {1000, 1}), "two\n");
  BOOST_TEST(content_of(file) == "one\ntwo\n");
  BOOST_TEST(mode_of(file) == 0600);
}

BOOST_AUTO_TEST_CASE(a_piece_of_a_line_does_not_run_into_the_next) {
  overwrite(file, "whole\npiece");
  must_write(*must_open(file, {1000, 1}), "next\n");
  BOOST_TEST(content_of(file) == "whole\npiece\nnext\n");
}

BOOST_AUTO_TEST_CASE(a_full_file_is_put_aside_and_the_oldest_goes) {
  auto out = must_open(file, {10, 2});
  must_write(*out, "11111\n22222\n");  // no line is cut
  BOOST_TEST(content_of(file) == "22222\n");
  BOOST_TEST(aside(1) == "11111\n");
  must_write(*out, "3\n4\n5\n");
  BOOST_TEST(content_of(file) == "5\n");
  BOOST_TEST(aside(1) == "22222\n3\n4\n");
  BOOST_TEST(aside(2) == "11111\n");
  must_write(*out, "longer than a file may be\n");
  must_write(*out, "6\n");
  BOOST_TEST(content_of(file) == "6\n");
  BOOST_TEST(aside(1) == "longer than a file may be\n");
  BOOST_TEST(aside(2) == "5\n");
  BOOST_TEST(aside(3) == "none");
  BOOST_TEST(mode_of(file) == 0600);
}

BOOST_AUTO_TEST_CASE(where_nothing_can_be_renamed_the_file_grows_on) {
  auto out = must_open(file, {10, 1});
  fs::create_directories(file.string() + ".1/occupied");
  must_write(*out, "11111\n22222\n33333\n");
  BOOST_TEST(content_of(file) == "11111\n22222\n33333\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_was_taken_away_is_made_anew) {
  auto out = must_open(file, {1000, 1});
  must_write(*out, "one\n");
  fs::rename(file, file.string() + ".moved");
  must_write(*out, "two\n");
  BOOST_TEST(content_of(file) == "two\n");
  fs::remove(file);
  must_write(*out, "three\n");
  BOOST_TEST(content_of(file) == "three\n");
}

BOOST_AUTO_TEST_CASE(what_does_not_go_in_whole_is_not_in_it_at_all) {
  auto out = must_open(file, {1000, 1});
  must_write(*out, "11111\n");
  {
    const file_limit limit{15};
    const auto [taken, why] = out->write("22222\n33333\n44444\n");
    BOOST_TEST(taken == 6u);
    BOOST_TEST(why == "File too large");
  }
  BOOST_TEST(content_of(file) == "11111\n22222\n");
  must_write(*out, "33333\n44444\n");
  BOOST_TEST(content_of(file) == "11111\n22222\n33333\n44444\n");
}

BOOST_AUTO_TEST_CASE(a_device_without_room_says_so) {
  auto out = must_open("/dev/full", {1000, 1});
  const auto [taken, why] = out->write("one\n");
  BOOST_TEST(taken == 0u);
  BOOST_TEST(why == "No space left on device");
  BOOST_TEST(fs::exists("/dev/full"));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_opened_is_told_of_with_its_name) {
  overwrite(file, "");
  const auto below = open_audit_file(file / "audit.log", {1000, 1});
  BOOST_REQUIRE(!below.ok());
  BOOST_TEST(below.error() == (file / "audit.log").string() + ": Not a directory");
  if (::geteuid() == 0) return;  // who may do everything is refused nothing
  const auto closed = scratch.path() / "closed";
  fs::create_directory(closed);
  fs::permissions(closed, fs::perms::none);
  const auto refused = open_audit_file(closed / "audit.log", {1000, 1});
  BOOST_REQUIRE(!refused.ok());
  BOOST_TEST(refused.error() == (closed / "audit.log").string() + ": Permission denied");
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_gone_fails_until_it_is_back) {
  const auto directory = scratch.path() / "logs";
  fs::create_directory(directory);
  auto out = must_open(directory / "audit.log", {1000, 1});
  fs::remove_all(directory);
  BOOST_TEST(out->write("one\n").why == "No such file or directory");
  fs::create_directory(directory);
  must_write(*out, "one\n");
  BOOST_TEST(content_of(directory / "audit.log") == "one\n");
}

BOOST_AUTO_TEST_CASE(a_pipe_gets_all_and_one_that_nobody_reads_fails) {
  std::array<int, 2> ends{};
  BOOST_REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const auto out = audit_stream(ends[1], "a pipe");
  must_write(*out, "one\ntwo\n");
  std::array<char, 8> got{};
  BOOST_TEST(::read(ends[0], got.data(), got.size()) == 8);
  BOOST_TEST(std::string_view(got.data(), got.size()) == "one\ntwo\n");
  const std::string flood = [] {
    std::string lines;
    while (lines.size() < std::size_t{1} << 20) lines += std::string(99, 'x') + '\n';
    return lines;
  }();
  const auto [taken, why] = out->write(flood);
  BOOST_TEST(taken < flood.size());
  BOOST_TEST(taken % 100 == 0u);
  BOOST_TEST(why == "nobody reads it");
  ::close(ends[0]);
  const auto handler = std::signal(SIGPIPE, SIG_IGN);
  BOOST_TEST(out->write("three\n").why == "Broken pipe");
  std::signal(SIGPIPE, handler);
  ::close(ends[1]);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
