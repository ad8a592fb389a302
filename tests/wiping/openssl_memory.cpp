#include "crypto/openssl_memory.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "crypto/key_provider.hpp"

// A program of its own, because OpenSSL takes other memory functions only before its first use.
// Looks for a key in all of the process's memory, blocks given back included: the address sanitizer
// keeps those as they were left.

using namespace twinkeep;

namespace {

struct wiping_from_the_start {
  wiping_from_the_start() {
    if (!crypto::wipe_what_openssl_gives_back()) std::abort();
  }
};
BOOST_GLOBAL_FIXTURE(wiping_from_the_start);

constexpr std::size_t longest_region = std::size_t{1} << 30;  // the sanitizer's own are larger
constexpr std::uint8_t disguise = 0x5a;

// What is looked for, disguised, so that it is not found where it is kept.
class pattern {
 public:
  explicit pattern(byte_view secret) {
    for (const auto octet : secret) disguised_.push_back(octet ^ disguise);
  }
  [[nodiscard]] bool is_at(const std::uint8_t* at) const {
    for (std::size_t i = 0; i < disguised_.size(); ++i) {
      if ((at[i] ^ disguise) != disguised_[i]) return false;
    }
    return true;
  }
  [[nodiscard]] std::size_t size() const { return disguised_.size(); }

 private:
  bytes disguised_;
};

// Read through a file: looking at memory that was given back is what the sanitizer forbids.
std::size_t copies_in_memory(const pattern& wanted) {
  std::size_t found = 0;
  std::ifstream maps("/proc/self/maps");
  std::ifstream memory("/proc/self/mem", std::ios::binary);
  for (std::string line; std::getline(maps, line);) {
    std::size_t begin = 0;
    std::size_t end = 0;
    char dash = 0;
    std::string rights;
    std::istringstream(line) >> std::hex >> begin >> dash >> end >> rights;
    if (!rights.starts_with("rw") || end - begin > longest_region) continue;
    std::vector<std::uint8_t> content(end - begin);
    memory.clear();
    memory.seekg(static_cast<std::streamoff>(begin));
    memory.read(reinterpret_cast<char*>(content.data()),
                static_cast<std::streamsize>(content.size()));
    const auto got = static_cast<std::size_t>(memory.gcount());
    for (std::size_t i = 0; i + wanted.size() <= got; ++i) {
      if (wanted.is_at(content.data() + i)) ++found;
    }
    crypto::wipe(content.data(), content.size());
  }
  return found;
}

// The middle of a P-256 private key in its PKCS#8: d itself, 32 octets.
pattern private_number(const crypto::secret_bytes& material) {
  constexpr std::size_t before_d = 36;  // RFC 5208, RFC 5915: fixed for this curve
  return pattern(material.view().subspan(before_d, 24));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(openssl_memory)

BOOST_AUTO_TEST_CASE(what_is_looked_for_would_be_found) {
  const bytes secret{'n', 'o', 't', ' ', 'r', 'e', 'a', 'l',
                     'l', 'y', ' ', 's', 'e', 'c', 'r', 'e'};
  const pattern wanted(secret);
  BOOST_TEST(copies_in_memory(wanted) >= 1U);
}

BOOST_AUTO_TEST_CASE(nothing_of_a_key_stays_behind) {
  const auto provider = crypto::make_openssl_provider();
  auto made = provider->generate({crypto::key_type::ec, 0, crypto::curve::p256});
  BOOST_REQUIRE(made.ok());
  const auto wanted = private_number(made->material);
  BOOST_TEST(copies_in_memory(wanted) >= 1U);  // or the offset is wrong
  {
    auto key = provider->load(made->material.view());
    BOOST_REQUIRE(key.ok());
    const bytes digest(32, 7);
    BOOST_TEST((*key)->sign(*crypto::find_algorithm("ES256"), digest).ok());
  }
  made->material = {};
  BOOST_TEST(copies_in_memory(wanted) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
