#include "crypto/seal.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "crypto/digest.hpp"
#include "crypto/keyring.hpp"
#include "crypto/seal/scrypt.hpp"
#include "support.hpp"

namespace twinkeep::crypto {

BOOST_AUTO_TEST_SUITE(seals)

namespace fs = std::filesystem;

// The real cost takes a good part of a second each time.
constexpr scrypt_cost cheap{4, 8, 1};

std::unique_ptr<kek_seal> passphrase(std::string_view text, scrypt_cost cost = cheap) {
  return make_passphrase_seal(secret_bytes::copy_of(as_bytes(text)), cost);
}

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, std::string_view content) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
  BOOST_REQUIRE(::chmod(file.c_str(), 0600) == 0);
}

// What somebody writes who knows how, but not the passphrase.
std::string with_check_sum(std::string content) {
  content.resize(content.size() - sizeof(sha256_digest));
  const auto digest = sha256(as_bytes(content));
  return content + std::string{as_text(digest)};
}

struct fixture {
  test::temporary_directory directory;
  fs::path file = directory.path() / "keyring.key";
  random_source& random = system_random();
  std::unique_ptr<kek_seal> plain = make_file_seal();
  std::unique_ptr<kek_seal> horse = passphrase("correct horse");
  std::unique_ptr<kek_seal> battery = passphrase("battery staple");

  [[nodiscard]] auto open(kek_seal& seal) { return keyring::open_or_create(file, seal, random); }
  // Stands for the key: what the key in the file derives.
  [[nodiscard]] std::string derived(kek_seal& seal) {
    return hex_encode(test::must(open(seal)).derive("key").view());
  }
  [[nodiscard]] auto reseal(kek_seal& from, kek_seal& to) {
    return crypto::reseal(file, from, to, random);
  }
  [[nodiscard]] std::string why(kek_seal& seal) {
    const auto opened = open(seal);
    return opened.ok() ? "" : opened.error().message;
  }
  [[nodiscard]] long files() const {
    return std::distance(fs::directory_iterator(directory.path()), {});
  }
};

BOOST_FIXTURE_TEST_CASE(a_key_comes_back_under_each_seal, fixture) {
  for (auto* seal : {plain.get(), horse.get()}) {
    fs::remove(file);
    const auto key = derived(*seal);
    BOOST_TEST(derived(*seal) == key);
    BOOST_TEST(files() == 1);
  }
}

BOOST_FIXTURE_TEST_CASE(a_file_of_a_former_version_opens_and_is_written_as_it_was, fixture) {
  class known_random final : public random_source {
    void fill(std::span<std::uint8_t> out) override { std::ranges::fill(out, 0x0b); }
  } known;
  BOOST_TEST(keyring::open_or_create(file, *plain, known).ok());
  // sha256sum of the first 47 octets, by Python's hashlib.
  const auto former = "7477696e6b656570206b656b20310a" + hex_encode(bytes(32, 0x0b)) +
                      "d953bbff27d36da0d5ddce063b349a64c413f0a9dedf5687b7f7c4850c45b2f8";
  BOOST_TEST(hex_encode(as_bytes(read(file))) == former);
}

BOOST_FIXTURE_TEST_CASE(under_a_passphrase_the_file_does_not_hold_the_key, fixture) {
  const auto key = derived(*plain);
  const auto kek = read(file).substr(15, 32);
  BOOST_REQUIRE(reseal(*plain, *horse).ok());
  BOOST_TEST(read(file).find(kek) == std::string::npos);
  BOOST_TEST(derived(*horse) == key);
}

BOOST_FIXTURE_TEST_CASE(the_wrong_passphrase_is_told_and_nothing_else, fixture) {
  BOOST_TEST(open(*horse).ok());
  const auto before = read(file);
  BOOST_TEST(test::failed_with(open(*battery), error_code::refused));
  BOOST_TEST(why(*battery) == "key-encryption key " + file.string() + ": the passphrase is wrong");
  BOOST_TEST(read(file) == before);
}

BOOST_FIXTURE_TEST_CASE(a_changed_bit_anywhere_is_refused, fixture) {
  BOOST_TEST(open(*horse).ok());
  const auto content = read(file);
  for (std::size_t i = 0; i < content.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto changed = content;
      changed[i] = static_cast<char>(changed[i] ^ (1U << bit));
      write(file, changed);
      BOOST_TEST(test::failed_with(open(*horse), error_code::corrupt), "octet " << i);
      write(file, with_check_sum(changed));
      // The digest itself is put right by that.
      const bool intact = i >= content.size() - sizeof(sha256_digest);
      BOOST_TEST(open(*horse).ok() == intact, "octet " << i << " with its check sum");
    }
  }
  for (const auto& text :
       {std::string{}, content.substr(1), content + "x", content.substr(0, 60)}) {
    write(file, text);
    BOOST_TEST(test::failed_with(open(*horse), error_code::corrupt), text.size());
    if (text.size() < sizeof(sha256_digest)) continue;
    write(file, with_check_sum(text));
    BOOST_TEST(test::failed_with(open(*horse), error_code::corrupt), text.size());
  }
}

BOOST_FIXTURE_TEST_CASE(parameters_beyond_what_is_bearable_are_refused_without_work, fixture) {
  BOOST_TEST(open(*horse).ok());
  const auto content = read(file);
  constexpr std::size_t at = 15;
  const std::array<unsigned char, 3> excesses[] = {{18 + 1, 8, 1}, {255, 255, 255}, {17, 17, 1},
                                                   {17, 8, 5},     {0, 8, 1},       {17, 0, 1},
                                                   {17, 8, 0},     {16, 1, 1},      {64, 8, 1}};
  for (const auto& excess : excesses) {
    auto changed = content;
    std::ranges::copy(excess, changed.begin() + at);
    write(file, with_check_sum(changed));
    BOOST_TEST(test::failed_with(open(*horse), error_code::corrupt));
    BOOST_TEST(why(*horse).find("expected bearable parameters, found scrypt with N = 2^" +
                                std::to_string(excess[0]) + ",") != std::string::npos,
               why(*horse));
  }
}

BOOST_AUTO_TEST_CASE(what_is_written_costs_128_mib_and_twice_that_is_bearable) {
  BOOST_TEST(passphrase("x", {})->name() == "passphrase (scrypt with N = 2^17, r = 8, p = 1)");
  BOOST_TEST(is_bearable({}));
  BOOST_TEST(is_bearable({18, 8, 4}));
  BOOST_TEST(!is_bearable({19, 8, 1}));
}

BOOST_FIXTURE_TEST_CASE(a_file_tells_with_which_cost_it_was_closed, fixture) {
  const auto dearer = passphrase("correct horse", {6, 4, 2});
  const auto key = derived(*dearer);
  BOOST_TEST(derived(*horse) == key);
}

// RFC 7914 §12.
BOOST_AUTO_TEST_CASE(scrypt_is_that_of_rfc_7914) {
  const auto derive = [](std::string_view text, std::string_view salt, scrypt_cost cost) {
    return hex_encode(scrypt(as_bytes(text), as_bytes(salt), cost, 64).view());
  };
  BOOST_TEST(derive("", "", {4, 1, 1}) ==
             "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
             "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
  BOOST_TEST(derive("password", "NaCl", {10, 8, 16}) ==
             "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
             "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
  BOOST_TEST(derive("pleaseletmein", "SodiumChloride", {14, 8, 1}) ==
             "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
             "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
}

BOOST_FIXTURE_TEST_CASE(a_file_under_another_seal_is_refused_and_both_are_named, fixture) {
  for (auto [is, configured] : {std::pair{&plain, &horse}, std::pair{&horse, &plain}}) {
    fs::remove(file);
    BOOST_TEST(open(**is).ok());
    const auto before = read(file);
    BOOST_TEST(test::failed_with(open(**configured), error_code::unavailable));
    const auto message = why(**configured);
    const auto expected = "expected one under the seal \"" +
                          std::string{to_string((*configured)->type())} + "\", found one under \"" +
                          std::string{to_string((*is)->type())} + "\"";
    BOOST_TEST(message.find(expected) != std::string::npos, message);
    BOOST_TEST(message.find("rotate-seal") != std::string::npos, message);
    BOOST_TEST(read(file) == before);
  }
}

BOOST_FIXTURE_TEST_CASE(the_key_stays_the_same_under_every_seal_in_turn, fixture) {
  const auto key = derived(*plain);
  auto* current = plain.get();
  for (auto* next : {horse.get(), battery.get(), battery.get(), plain.get()}) {
    const auto before = read(file);
    BOOST_REQUIRE(reseal(*current, *next).ok());
    BOOST_TEST(derived(*next) == key);
    BOOST_TEST(read(file) != before);  // a salt of its own, also under the same passphrase
    struct stat facts {};
    BOOST_REQUIRE(::stat(file.c_str(), &facts) == 0);
    BOOST_TEST((facts.st_mode & 07777) == 0600u);
    BOOST_TEST(files() == 1);
    current = next;
  }
  BOOST_TEST(test::failed_with(open(*battery), error_code::unavailable));
}

BOOST_FIXTURE_TEST_CASE(only_what_opens_is_sealed_anew, fixture) {
  BOOST_TEST(test::failed_with(reseal(*plain, *horse), error_code::unavailable));
  BOOST_TEST(files() == 0);
  BOOST_TEST(open(*horse).ok());
  const auto before = read(file);
  BOOST_TEST(test::failed_with(reseal(*battery, *plain), error_code::refused));
  const auto mistaken = reseal(*plain, *battery);
  BOOST_REQUIRE(!mistaken.ok());
  BOOST_TEST(mistaken.error().message.find("--from") != std::string::npos);
  BOOST_TEST(read(file) == before);
  BOOST_TEST(files() == 1);
}

// A seal that works like another until it does not.
class failing_seal final : public kek_seal {
 public:
  enum class way { close_fails, open_fails, opens_another, dies_closing, dies_opening };
  failing_seal(kek_seal& good, way how) : good_(good), how_(how) {}
  [[nodiscard]] seal_type type() const override { return good_.type(); }
  [[nodiscard]] std::string name() const override { return good_.name(); }
  outcome<secret_bytes> close(byte_view key, random_source& random) override {
    if (how_ == way::dies_closing) ::_exit(0);
    if (how_ == way::close_fails) return fail(error_code::unavailable, "the seal is broken");
    if (how_ == way::opens_another) return good_.close(bytes(key.size(), 7), random);
    return good_.close(key, random);
  }
  outcome<secret_bytes> open(byte_view sealed) override {
    if (how_ == way::dies_opening) ::_exit(0);
    if (how_ == way::open_fails) return fail(error_code::unavailable, "the seal is broken");
    return good_.open(sealed);
  }

 private:
  kek_seal& good_;
  way how_;
};

BOOST_FIXTURE_TEST_CASE(a_seal_that_does_not_open_what_it_closed_replaces_nothing, fixture) {
  using way = failing_seal::way;
  for (const auto how : {way::close_fails, way::open_fails, way::opens_another}) {
    failing_seal broken(*horse, how);
    fs::remove(file);
    BOOST_TEST(!open(broken).ok());
    BOOST_TEST(files() == 0);
    const auto key = derived(*plain);
    const auto before = read(file);
    BOOST_TEST(!reseal(*plain, broken).ok());
    BOOST_TEST(read(file) == before);
    BOOST_TEST(files() == 1);
    BOOST_TEST(derived(*plain) == key);
  }
}

template <class Work>
void in_a_process_that_dies(Work work) {
  const auto child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    work();
    ::_exit(1);  // it was to die earlier
  }
  int status = -1;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_TEST(status == 0);
}

BOOST_FIXTURE_TEST_CASE(a_crash_leaves_a_file_that_opens, fixture) {
  const auto key = derived(*plain);
  for (const auto how : {failing_seal::way::dies_closing, failing_seal::way::dies_opening}) {
    failing_seal mortal(*horse, how);
    in_a_process_that_dies([&] { (void)reseal(*plain, mortal); });
    // The second way, after the new content is on the disk and before it is the file.
    BOOST_TEST(files() == (how == failing_seal::way::dies_opening ? 2 : 1));
    BOOST_TEST(derived(*plain) == key);
  }
  write(directory.path() / "keyring.key.draft-abcdef", "half a dra");
  write(directory.path() / "keyring.key.backup", "the owner's");
  BOOST_TEST(reseal(*plain, *horse).ok());
  BOOST_TEST(derived(*horse) == key);
  BOOST_TEST(files() == 2);
  BOOST_TEST(read(directory.path() / "keyring.key.backup") == "the owner's");
}

BOOST_FIXTURE_TEST_CASE(a_crash_while_the_first_key_is_made_leaves_none, fixture) {
  failing_seal mortal(*horse, failing_seal::way::dies_opening);
  in_a_process_that_dies([&] { (void)open(mortal); });
  BOOST_TEST(!fs::exists(file));
  BOOST_TEST(files() == 1);
  discard_leftovers(file);
  BOOST_TEST(files() == 0);
  BOOST_TEST(open(*horse).ok());
}

BOOST_FIXTURE_TEST_CASE(one_who_is_slower_takes_the_key_that_is_there, fixture) {
  // Somebody else makes the file between the look and the making.
  class rival final : public random_source {
   public:
    explicit rival(fixture& f) : f_(f) {}
    void fill(std::span<std::uint8_t> out) override {
      if (key.empty()) key = f_.derived(*f_.horse);
      f_.random.fill(out);
    }
    std::string key;

   private:
    fixture& f_;
  } other(*this);
  const auto mine = test::must(keyring::open_or_create(file, *horse, other));
  BOOST_TEST(hex_encode(mine.derive("key").view()) == other.key);
  BOOST_TEST(derived(*horse) == other.key);
  BOOST_TEST(files() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
