#include "protocol/backup.hpp"

#include <vector>

#include "protocol/json/stored.hpp"
#include "stored_kit.hpp"
#include "support.hpp"

namespace twinkeep::protocol {

using test::equal;
using test::key_of;
using test::said;

namespace {

const backup_scope home{"sub-1", "europe"};
const std::string broken = "BadParameter: Backup blob contains invalid or corrupt version.";

restore_secret some_secret() {
  restore_secret object{"My-Db", {}};
  object.versions.push_back({{"v1", {false, 1, 2, 3, 4}, "text/plain", {{"a", "b"}}},
                             crypto::secret_bytes::copy_of(as_bytes("first"))});
  object.versions.push_back({{"v2", {true, {}, {}, 5, 5}, {}, {}}, crypto::secret_bytes{}});
  return object;
}

restore_key some_key() {
  key_properties properties;
  properties.version = "v1";
  properties.key_ops = {key_operation::sign};
  properties.pub = {crypto::key_type::ec, crypto::curve::p384, {}, {}, {1, 2}, {3}};
  restore_key object{"k", {}};
  object.versions.push_back({properties, crypto::secret_bytes::copy_of(bytes{9, 8, 7})});
  return object;
}

// A certificate with a version that can be read, and one whose first operation was given up.
restore_certificate some_certificate() {
  restore_certificate object;
  object.name = "Web";
  object.policy.x509.subject = "cn=policy";
  object.policy.lifetime_actions = {{80, {}, lifetime_action::auto_renew}};
  certificate_properties given_up;
  given_up.version = "v0";
  object.versions.push_back({given_up, {}, {}});
  certificate_properties properties;
  properties.version = "v1";
  properties.tags = {{"a", "b"}};
  properties.chain = {test::some_leaf("CN=leaf"), {1, 2}};
  properties.content_type = pem_content_type;
  object.versions.push_back({properties, crypto::secret_bytes::copy_of(as_bytes("material")),
                             crypto::secret_bytes::copy_of(as_bytes("bundle"))});
  return object;
}

bytes blob_of(const auto& object, const backup_scope& from = home) {
  test::counting_random random;
  return make_backup(object, from, key_of(1), random);
}

std::string opened(byte_view blob, operation_id operation = operation_id::secret_restore,
                   const backup_scope& here = home, restore_scope rule = restore_scope::geography) {
  return said(open_backup(operation, blob, here, rule, key_of(1)));
}

// A blob sealed as ours are, of any content.
bytes sealed(byte_view plain, std::string_view part = "secret") {
  test::counting_random random;
  const auto text = crypto::seal(key_of(1), {"", "", "backup", part}, plain, random);
  bytes blob;
  blob.reserve(1 + text.size());
  blob.push_back(1);
  blob.insert(blob.end(), text.begin(), text.end());
  return blob;
}

bytes parts(const std::vector<std::string_view>& texts) {
  bytes out;
  for (const auto text : texts) {
    const auto size = text.size();
    for (const unsigned shift : {24u, 16u, 8u, 0u}) {
      out.push_back(static_cast<std::uint8_t>(size >> shift));
    }
    out.insert(out.end(), text.begin(), text.end());
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(backups)

BOOST_AUTO_TEST_CASE(a_secret_comes_back_with_all_its_versions) {
  const auto blob = blob_of(some_secret());
  const auto done =
      open_backup(operation_id::secret_restore, blob, home, restore_scope::geography, key_of(1));
  BOOST_TEST_REQUIRE(done.ok(), said(done));
  const auto& object = std::get<restore_secret>(*done);
  const auto original = some_secret();
  BOOST_TEST(object.name == "My-Db");
  BOOST_TEST_REQUIRE(object.versions.size() == 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    BOOST_TEST(json::store_secret(object.versions[i].properties) ==
               json::store_secret(original.versions[i].properties));
    BOOST_TEST(equal(object.versions[i].value.view(), original.versions[i].value.view()));
  }
}

BOOST_AUTO_TEST_CASE(a_key_comes_back_with_its_material) {
  const auto done = open_backup(operation_id::key_restore, blob_of(some_key()), home,
                                restore_scope::geography, key_of(1));
  BOOST_TEST_REQUIRE(done.ok(), said(done));
  const auto& object = std::get<restore_key>(*done);
  BOOST_TEST(object.name == "k");
  BOOST_TEST_REQUIRE(object.versions.size() == 1u);
  BOOST_TEST(json::store_key(object.versions[0].properties) ==
             json::store_key(some_key().versions[0].properties));
  BOOST_TEST(equal(object.versions[0].material.view(), bytes{9, 8, 7}));
}

// Without it a restored key would pass for a software key.
BOOST_AUTO_TEST_CASE(a_key_of_an_hsm_comes_back_as_one) {
  auto original = some_key();
  original.versions.front().properties.hsm = true;
  const auto done = open_backup(operation_id::key_restore, blob_of(original), home,
                                restore_scope::geography, key_of(1));
  BOOST_TEST_REQUIRE(done.ok(), said(done));
  BOOST_TEST(std::get<restore_key>(*done).versions.at(0).properties.hsm);
}

BOOST_AUTO_TEST_CASE(a_certificate_comes_back_with_policy_versions_material_and_secrets) {
  const auto original = some_certificate();
  const auto done = open_backup(operation_id::certificate_restore, blob_of(original), home,
                                restore_scope::geography, key_of(1));
  BOOST_TEST_REQUIRE(done.ok(), said(done));
  const auto& object = std::get<restore_certificate>(*done);
  BOOST_TEST(object.name == "Web");
  BOOST_TEST((test::all_of(object.policy) == test::all_of(original.policy)));
  BOOST_TEST_REQUIRE(object.versions.size() == 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& version = object.versions[i];
    BOOST_TEST(json::store_certificate(version.properties) ==
               json::store_certificate(original.versions[i].properties));
    BOOST_TEST(equal(version.material.view(), original.versions[i].material.view()));
    BOOST_TEST(equal(version.secret_value.view(), original.versions[i].secret_value.view()));
  }
  BOOST_TEST(object.versions[0].properties.is_pending());
  BOOST_TEST(object.versions[1].properties.subject == "CN=leaf");
}

BOOST_AUTO_TEST_CASE(nothing_of_the_content_shows) {
  const auto secret = blob_of(some_secret());
  const auto certificate = blob_of(some_certificate());
  for (const auto text : {as_text(secret), as_text(certificate)}) {
    for (const std::string_view part : {"My-Db", "first", "sub-1", "europe", "text/plain", "Web",
                                        "material", "bundle", "cn=policy", "leaf"}) {
      BOOST_TEST(!test::has(text, part), part);
    }
  }
}

// Blobs of the service's first version, made of the same objects with the same octets at random:
// people keep backups for years.
constexpr std::string_view first_secret =
    "AQEAAQIDBAUGBwgJCgu7ppUjU4tkVM9q58QmDL3RwbYOCvWRQE0I53zioYc9xinxrMEDsHvHZHU-t4cxoq90kj5GJM8S"
    "4ebFvGGtJWiOeWGdr4-iXx5U4QdeEz9S1SgaA4GV0JjGZaLnx0RxmzIyx6nxfmPnmMS0xMADzdtlvs8eFoXY2vGgCDIX"
    "DyDpIvFc5XprfATqD-FivUoAFvkCso0CrEhUBqW0NQncMwkYKdjmjqCSoMmWUDWIofYJPdqcZMVurrr1sc75CUqEVDrQ"
    "NV4otjjPQx12VEwJSUGc3J41NsSreQa3fyL2xMpOqiZJ9fFAhw3beszBkg";
constexpr std::string_view first_key =
    "AQEAAQIDBAUGBwgJCgu7ppUjU4tkVM9q58QmDL3RwbYOCvWRRGtxyjj22qVL1yCgs8sf4SiKfGYmudNl7uI0mzVDZJkD"
    "97Ga9iKiJGjDL2qb65eoQhAD9BtPRWAE2zBJXcafwYT9KOinyVxfySU61KK3AXXx35KuiZRV7fYzxpQNAdHAwqeVXXUA"
    "S26kaedc83peTCq7AflgvREAbaxC7fB_rEtdC8SlKpOrF0VDx6MTkLYONRo5";

BOOST_AUTO_TEST_CASE(blobs_of_secrets_and_keys_are_what_they_always_were) {
  BOOST_TEST(crypto::base64url_encode(blob_of(some_secret())) == first_secret);
  BOOST_TEST(crypto::base64url_encode(blob_of(some_key())) == first_key);
  BOOST_TEST(opened(*crypto::base64url_decode(first_secret)) == "ok");
  BOOST_TEST(opened(*crypto::base64url_decode(first_key), operation_id::key_restore) == "ok");
}

// A blob of each kind, and what opens it.
std::vector<std::pair<bytes, operation_id>> one_of_each() {
  return {{blob_of(some_secret()), operation_id::secret_restore},
          {blob_of(some_key()), operation_id::key_restore},
          {blob_of(some_certificate()), operation_id::certificate_restore}};
}

BOOST_AUTO_TEST_CASE(any_octet_that_is_changed_breaks_it) {
  for (const auto& [blob, restore] : one_of_each()) {
    BOOST_TEST(opened(blob, restore) == "ok");
    for (std::size_t i = 0; i < blob.size(); ++i) {
      for (const unsigned bit : {0x01u, 0x80u}) {
        auto tampered = blob;
        tampered[i] = static_cast<std::uint8_t>(tampered[i] ^ bit);
        BOOST_TEST(opened(tampered, restore) == broken, "octet " << i);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(any_other_length_breaks_it) {
  for (auto& [blob, restore] : one_of_each()) {
    for (std::size_t size = 0; size < blob.size(); ++size) {
      BOOST_TEST(opened(byte_view(blob).first(size), restore) == broken, "cut to " << size);
    }
    BOOST_TEST(opened(byte_view(blob).subspan(1), restore) == broken);
    auto longer = blob;
    longer.push_back(0);
    BOOST_TEST(opened(longer, restore) == broken);
  }
}

BOOST_AUTO_TEST_CASE(another_kind_or_key_does_not_open_it) {
  const auto blobs = one_of_each();
  for (const auto& [blob, own] : blobs) {
    for (const auto& [unused, other] : blobs) {
      BOOST_TEST(opened(blob, other) == (own == other ? "ok" : broken));
    }
    BOOST_TEST(said(open_backup(own, blob, home, restore_scope::any, key_of(2))) == broken);
  }
}

BOOST_AUTO_TEST_CASE(it_restores_within_its_subscription_and_geography) {
  const auto blob = blob_of(some_secret());
  const auto restore = operation_id::secret_restore;
  BOOST_TEST(opened(blob, restore, {"SUB-1", "Europe"}) == "ok");
  BOOST_TEST(opened(blob, restore, {"sub-2", "europe"}) ==
             "BadParameter: The backup comes from another subscription than this vault's: it can "
             "be restored only within the same subscription and geography.");
  BOOST_TEST(opened(blob, restore, {"sub-1", "asia"}) ==
             "BadParameter: The backup comes from another geography than this vault's: it can be "
             "restored only within the same subscription and geography.");
  // The boundaries of the parts are bound too.
  BOOST_TEST(opened(blob, restore, {"sub-1e", "urope"}) != "ok");
  for (const auto& [each, own] : one_of_each()) {
    BOOST_TEST(test::has(opened(each, own, {"sub-2", "europe"}), "another subscription"));
    BOOST_TEST(test::has(opened(each, own, {"sub-1", "asia"}), "another geography"));
    BOOST_TEST(opened(each, own, {"sub-1", "asia"}, restore_scope::any) == "ok");
  }
}

BOOST_AUTO_TEST_CASE(where_the_geography_does_not_count_the_subscription_still_does) {
  const auto blob = blob_of(some_key());
  const auto restore = operation_id::key_restore;
  BOOST_TEST(opened(blob, restore, {"sub-1", "asia"}, restore_scope::any) == "ok");
  BOOST_TEST(test::has(opened(blob, restore, {"sub-2", "europe"}, restore_scope::any),
                       "another subscription"));
}

BOOST_AUTO_TEST_CASE(what_was_sealed_is_not_taken_for_granted_either) {
  const std::string_view version = R"({"version":"v"})";
  BOOST_TEST(opened(sealed(parts({"sub-1", "europe", "n", version, ""}))) == "ok");
  for (const auto& plain : std::vector<bytes>{
           {},
           {0, 0, 0},
           {0xFF, 0xFF, 0xFF, 0xFF},
           parts({"sub-1"}),
           parts({"sub-1", "europe"}),
           parts({"sub-1", "europe", "n"}),
           parts({"sub-1", "europe", "n", version}),
           parts({"sub-1", "europe", "n", version, "", version}),
           parts({"sub-1", "europe", "", version, ""}),
           parts({"sub-1", "europe", "a/b", version, ""}),
           parts({"sub-1", "europe", "n", "{", ""}),
       }) {
    BOOST_TEST(opened(sealed(plain)) == broken);
  }
  BOOST_TEST(opened(sealed(parts({"sub-1", "europe", "n", version, ""}), "key")) == broken);
}

BOOST_AUTO_TEST_CASE(a_certificate_has_a_policy_and_all_parts_of_each_version) {
  const std::string_view version = R"({"version":"v"})";
  const auto restore = operation_id::certificate_restore;
  const auto from = [](std::vector<std::string_view> rest) {
    rest.insert(rest.begin(), {"sub-1", "europe"});
    return sealed(parts(rest), "certificate");
  };
  BOOST_TEST(opened(from({"n", "{}", version, "material", "value"}), restore) == "ok");
  for (const auto& rest : std::vector<std::vector<std::string_view>>{
           {"n"},
           {"n", "{}"},
           {"n", "{}", version},
           {"n", "{}", version, "material"},
           {"n", "{", version, "material", "value"},
           {"n", "{}", "{", "material", "value"},
           {"n", "{}", R"({"chain":["AQID"]})", "material", "value"},
           {"n", version, "material", "value"},
           {"n", "{}", version, "material", "value", version},
       }) {
    BOOST_TEST(opened(from(rest), restore) == broken);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol
