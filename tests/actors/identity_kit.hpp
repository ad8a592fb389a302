#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "actors/runtime/service_identity.hpp"
#include "tests/temporary_directory.hpp"

namespace twinkeep::actors::tests {

namespace fs = std::filesystem;
using test::temporary_directory;

// A day that the test chooses.
struct set_clock : wall_clock {
  std::int64_t ms = 1'750'000'000'000;
  [[nodiscard]] std::int64_t now_ms() const override { return ms; }
  void advance_days(std::int64_t days) { ms += days * 24 * 60 * 60 * 1000; }
};

inline mode_t mode_of(const fs::path& file) {
  struct stat facts {};
  BOOST_REQUIRE_MESSAGE(::stat(file.c_str(), &facts) == 0, file);
  return facts.st_mode & 07777;
}

inline std::string content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// Keeps the mode.
inline void overwrite(const fs::path& file, const std::string& text) {
  std::ofstream{file, std::ios::binary | std::ios::trunc} << text;
}

inline crypto::keyring fresh_keyring() {
  return crypto::keyring{crypto::data_key::generate(crypto::system_random())};
}

// A service's data directory, started again and again.
struct identity_fixture {
  temporary_directory scratch;
  fs::path data = scratch.path() / "data";
  fs::path tls = data / "tls";
  regions::deployment topology = regions::default_deployment();
  crypto::keyring keys = fresh_keyring();
  std::unique_ptr<crypto::key_provider> provider = crypto::make_openssl_provider();
  set_clock clock;

  [[nodiscard]] auto load() {
    return load_service_identity(data, topology, keys, *provider, crypto::system_random(), clock);
  }
  [[nodiscard]] service_identity must_load() {
    auto loaded = load();
    if (!loaded) BOOST_FAIL(loaded.error());
    return std::move(*loaded);
  }
  // Refused with a text that names the file and says why, and holds nothing of what is in it.
  void must_refuse(const fs::path& file, std::string_view why) {
    const auto loaded = load();
    BOOST_REQUIRE(!loaded.ok());
    const auto& text = loaded.error();
    BOOST_TEST(text.find(file.string()) != std::string::npos, text);
    BOOST_TEST(text.find(why) != std::string::npos, text);
  }
};

}  // namespace twinkeep::actors::tests
