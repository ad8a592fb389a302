#include "crypto/keyring.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>
#include <vector>

#include "crypto/hkdf.hpp"
#include "support.hpp"

namespace twinkeep::crypto {

BOOST_AUTO_TEST_SUITE(keyrings)

namespace fs = std::filesystem;

struct fixture {
  test::temporary_directory directory;
  fs::path file = directory.path() / "kek";
  const record_identity identity{"centralus", "demo", "!key", "key"};
  random_source& random = system_random();

  std::unique_ptr<kek_seal> seal_ = make_file_seal();

  [[nodiscard]] auto open() { return keyring::open_or_create(file, *seal_, random); }
  [[nodiscard]] bool refused(error_code code, std::string_view why) {
    const auto opened = open();
    if (opened.ok()) return false;
    const auto& message = opened.error().message;
    BOOST_TEST(message.find(file.string()) != std::string::npos, message);
    BOOST_TEST(message.find(why) != std::string::npos, message);
    return opened.error().code == code;
  }
};

mode_t mode_of(const fs::path& file) {
  struct stat facts {};
  BOOST_REQUIRE(::stat(file.c_str(), &facts) == 0);
  return facts.st_mode & 07777;
}

BOOST_FIXTURE_TEST_CASE(a_data_key_comes_back_after_a_restart, fixture) {
  const auto key = data_key::generate(random);
  const auto wrapped = test::must(open()).wrap(key, identity, random);
  const auto unwrapped = test::must(test::must(open()).unwrap(wrapped, identity));
  BOOST_TEST(test::equal(unwrapped.view(), key.view()));
}

BOOST_FIXTURE_TEST_CASE(a_wrapped_key_is_bound_to_its_place_and_its_keyring, fixture) {
  const auto ring = test::must(open());
  const auto wrapped = ring.wrap(data_key::generate(random), identity, random);
  auto elsewhere = identity;
  elsewhere.vault = "other";
  BOOST_TEST(test::failed_with(ring.unwrap(wrapped, elsewhere), error_code::refused));
  const keyring other(data_key::generate(random));
  BOOST_TEST(test::failed_with(other.unwrap(wrapped, identity), error_code::refused));
  BOOST_TEST(test::failed_with(ring.unwrap({}, identity), error_code::corrupt));
}

BOOST_FIXTURE_TEST_CASE(what_is_wrapped_must_be_a_data_key, fixture) {
  data_key kek = data_key::generate(random);
  const auto short_key = seal(kek, identity, bytes(16), random);
  BOOST_TEST(
      test::failed_with(keyring(std::move(kek)).unwrap(short_key, identity), error_code::corrupt));
}

BOOST_FIXTURE_TEST_CASE(the_file_is_readable_by_its_owner_alone, fixture) {
  const auto before = ::umask(0);
  BOOST_TEST(open().ok());
  ::umask(before);
  BOOST_TEST(mode_of(file) == mode_t{0600});
}

BOOST_FIXTURE_TEST_CASE(nothing_else_is_left_in_the_directory, fixture) {
  BOOST_TEST(open().ok());
  std::vector<fs::path> names;
  for (const auto& entry : fs::directory_iterator(directory.path())) names.push_back(entry.path());
  BOOST_TEST((names == std::vector{file}));
}

BOOST_FIXTURE_TEST_CASE(a_file_that_others_may_read_is_refused, fixture) {
  BOOST_TEST(open().ok());
  for (const mode_t mode : {0640, 0604, 0660, 0644, 0700, 0400}) {
    BOOST_REQUIRE(::chmod(file.c_str(), mode) == 0);
    BOOST_TEST(!open().ok(), "accepted: " << mode);
  }
  BOOST_REQUIRE(::chmod(file.c_str(), 0644) == 0);
  BOOST_TEST(refused(error_code::unavailable, "expected mode 0600, found 0644"));
  BOOST_REQUIRE(::chmod(file.c_str(), 0600) == 0);
  BOOST_TEST(open().ok());
}

BOOST_FIXTURE_TEST_CASE(a_link_a_directory_and_a_pipe_are_refused, fixture) {
  const auto target = directory.path() / "target";
  BOOST_TEST(keyring::open_or_create(target, *seal_, random).ok());
  fs::create_symlink(target, file);
  BOOST_TEST(refused(error_code::unavailable, "symbolic link"));
  fs::remove(file);
  fs::create_symlink(directory.path() / "nowhere", file);
  BOOST_TEST(refused(error_code::unavailable, "symbolic link"));
  fs::remove(file);
  fs::create_directory(file);
  BOOST_TEST(refused(error_code::unavailable, "regular file"));
  fs::remove(file);
  BOOST_REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  BOOST_TEST(refused(error_code::unavailable, "regular file"));
}

BOOST_FIXTURE_TEST_CASE(a_missing_directory_is_named, fixture) {
  file = directory.path() / "absent" / "kek";
  BOOST_TEST(refused(error_code::unavailable, "No such file or directory"));
}

BOOST_FIXTURE_TEST_CASE(a_damaged_file_is_refused_and_not_replaced, fixture) {
  BOOST_TEST(open().ok());
  std::string content;
  {
    std::ifstream in(file, std::ios::binary);
    content.assign(std::istreambuf_iterator<char>(in), {});
  }
  const auto write = [&](const std::string& text) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
  };
  for (std::size_t i = 0; i < content.size(); ++i) {
    auto damaged = content;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    write(damaged);
    BOOST_TEST(test::failed_with(open(), error_code::corrupt), "octet " << i);
  }
  for (const auto& text : {std::string{}, content.substr(1), content + "x"}) {
    write(text);
    BOOST_TEST(refused(error_code::corrupt, ""), "size " << text.size());
  }
  write(content);
  BOOST_TEST(open().ok());
}

BOOST_FIXTURE_TEST_CASE(starting_at_the_same_time_ends_with_one_key, fixture) {
  constexpr std::size_t starters = 8;
  std::vector<std::string> derived(starters);
  std::vector<std::thread> threads;
  for (auto& mine : derived) {
    threads.emplace_back(
        [&mine, this] { mine = hex_encode(test::must(open()).derive("same").view()); });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& each : derived) BOOST_TEST(each == derived.front());
}

BOOST_FIXTURE_TEST_CASE(each_label_has_a_key_of_its_own, fixture) {
  const auto ring = test::must(open());
  const auto backup = ring.derive("backup");
  BOOST_TEST(test::equal(backup.view(), test::must(open()).derive("backup").view()));
  BOOST_TEST(!test::equal(backup.view(), ring.derive("backup2").view()));
  BOOST_TEST(!test::equal(backup.view(), ring.derive("").view()));
}

BOOST_AUTO_TEST_CASE(derivation_is_hkdf_with_the_label_as_info) {
  const keyring ring(data_key(secret_bytes::copy_of(bytes(32, 0x0b))));
  const auto expected = hkdf_sha256(bytes(32, 0x0b), {}, as_bytes("backup"), 32);
  BOOST_TEST(test::equal(ring.derive("backup").view(), expected.view()));
}

bytes counted(std::uint8_t from, std::size_t size) {
  bytes out(size);
  for (auto& octet : out) octet = from++;
  return out;
}

// RFC 5869 appendix A.1 to A.3.
BOOST_AUTO_TEST_CASE(hkdf_is_that_of_rfc_5869) {
  const auto hkdf = [](const bytes& input, const bytes& salt, const bytes& info, std::size_t size) {
    return hex_encode(hkdf_sha256(input, salt, info, size).view());
  };
  BOOST_TEST(
      hkdf(bytes(22, 0x0b), counted(0x00, 13), counted(0xf0, 10), 42) ==
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  BOOST_TEST(hkdf(counted(0x00, 80), counted(0x60, 80), counted(0xb0, 80), 82) ==
             "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb"
             "41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
  BOOST_TEST(
      hkdf(bytes(22, 0x0b), {}, {}, 42) ==
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
