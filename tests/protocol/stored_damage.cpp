#include <functional>

#include "management_kit.hpp"
#include "protocol/json/stored.hpp"
#include "protocol/management/stored.hpp"
#include "stored_kit.hpp"
#include "support.hpp"
#include "wrong_types.hpp"

// Records that were cut, damaged or written by somebody else.
namespace twinkeep::protocol::json {

namespace {

enum class found { whole, corrupt, otherwise };

template <class T>
found found_by(const crypto::outcome<T>& o) {
  if (o.ok()) return found::whole;
  return o.error().code == crypto::error_code::corrupt ? found::corrupt : found::otherwise;
}

struct kind {
  std::string name;
  std::string text;
  std::function<found(std::string_view)> load;
};

template <class T>
kind kind_of(std::string name, std::string text, crypto::outcome<T> (*load)(std::string_view)) {
  return {std::move(name), std::move(text),
          [load](std::string_view given) { return found_by(load(given)); }};
}

// A seed that fills what may be absent: the text of every kind is the longest of some.
template <class T>
std::string fullest(T (*make)(test::dice&), std::string (*store)(const T&)) {
  constexpr std::uint64_t seeds = 40;
  std::string longest;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    test::dice d(seed);
    auto text = store(make(d));
    if (text.size() > longest.size()) longest = std::move(text);
  }
  return longest;
}

const std::vector<kind>& kinds() {
  static const std::vector<kind> all{
      kind_of("secret", fullest(test::random_secret, store_secret), load_secret),
      kind_of("key", fullest(test::random_key, store_key), load_key),
      kind_of("certificate", fullest(test::random_certificate, store_certificate),
              load_certificate),
      kind_of("policy", fullest(test::random_policy, store_policy), load_policy),
      kind_of("pending", fullest(test::random_pending, store_pending), load_pending),
      kind_of("issuer", fullest(test::random_issuer, store_issuer), load_issuer),
      kind_of("contacts", fullest(test::random_contacts, store_contacts), load_contacts),
      kind_of("rotation", fullest(test::random_rotation, store_rotation_policy),
              load_rotation_policy),
      kind_of("vault", fullest(test::random_vault, management::store_vault),
              management::load_vault_resource),
      kind_of("role assignment",
              fullest(test::random_assignment, management::store_role_assignment),
              management::load_role_assignment),
  };
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stored_records_that_are_damaged)

BOOST_AUTO_TEST_CASE(what_is_cut_is_corrupt) {
  for (const auto& k : kinds()) {
    BOOST_TEST((k.load(k.text) == found::whole), k.name);
    for (std::size_t size = 0; size < k.text.size(); ++size) {
      const auto cut = k.text.substr(0, size);
      BOOST_TEST((k.load(cut) == found::corrupt), k.name << " cut to " << size);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_member_of_another_type_is_corrupt) {
  for (const auto& k : kinds()) {
    auto root = boost::json::parse(k.text);
    std::size_t tried = 0;
    test::with_wrong_types(root, [&](std::string_view, const std::string& text) {
      ++tried;
      BOOST_TEST((k.load(text) == found::corrupt), k.name << ": " << text);
    });
    BOOST_TEST(tried > 10u, k.name);
  }
}

// Whatever comes of it, it is one of the two, and no sanitizer has anything to say.
BOOST_AUTO_TEST_CASE(an_octet_that_is_changed_is_survived) {
  test::dice d(1);
  for (const auto& k : kinds()) {
    for (std::size_t i = 0; i < k.text.size(); ++i) {
      auto text = k.text;
      text[i] = static_cast<char>(d.below(256));
      BOOST_TEST((k.load(text) != found::otherwise), k.name << ", octet " << i);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::json
