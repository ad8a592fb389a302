#include <algorithm>

#include "crypto/digest.hpp"
#include "identity_kit.hpp"

namespace twinkeep::actors::tests {

namespace {

std::string_view secret_of(const service_identity& self) {
  return as_text(self.client.value().client_secret.view());
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(identity_of_the_issuer, identity_fixture)

BOOST_AUTO_TEST_CASE(a_first_start_makes_a_tenant_and_a_client_that_stay) {
  const auto first = must_load();
  constexpr std::size_t guid_chars = 36;
  BOOST_TEST(first.tenant.size() == guid_chars);
  BOOST_TEST(first.client->client_id.size() == guid_chars);
  BOOST_TEST(first.client->object_id.size() == guid_chars);
  BOOST_TEST(first.client->client_id != first.client->object_id);
  BOOST_TEST(secret_of(first).size() == 43u);  // 32 octets
  BOOST_TEST(content_of(data / "client.json").find(secret_of(first)) != std::string::npos);

  const auto second = must_load();
  BOOST_TEST(second.tenant == first.tenant);
  BOOST_TEST(second.client->client_id == first.client->client_id);
  BOOST_TEST(second.client->object_id == first.client->object_id);
  BOOST_TEST(secret_of(second) == secret_of(first));
}

BOOST_AUTO_TEST_CASE(the_signing_key_stays_and_signs_what_its_public_half_verifies) {
  const auto first = must_load();
  const auto second = must_load();
  BOOST_REQUIRE(first.issuers.size() == 1u);
  BOOST_TEST(first.issuers.front().built_in);
  BOOST_TEST(first.issuers.front().tenant == first.tenant);
  const auto& pub = first.issuers.front().keys.at(0);
  BOOST_TEST(pub.key_id == protocol::token::thumbprint(pub.pub));
  BOOST_TEST(pub.key_id == second.issuers.front().keys.at(0).key_id);

  const auto* rs256 = crypto::find_algorithm("RS256");
  const auto digest = crypto::sha256(as_bytes("a token"));
  const auto signature = second.signer->sign(*rs256, digest);
  BOOST_REQUIRE(signature.ok());
  auto verifier = provider->load_public(pub.pub);
  BOOST_REQUIRE(verifier.ok());
  BOOST_TEST(*(*verifier)->verify(*rs256, digest, *signature));
}

BOOST_AUTO_TEST_CASE(the_signing_key_rests_sealed) {
  (void)must_load();
  const auto content = content_of(data / "issuer.key");
  BOOST_TEST(content.find("PRIVATE") == std::string::npos);
  BOOST_TEST(content.find("RSA") == std::string::npos);  // the key set, sealed with it
  keys = fresh_keyring();
  must_refuse(data / "issuer.key", "cannot be opened");
  BOOST_TEST(content_of(data / "issuer.key") == content);
}

BOOST_AUTO_TEST_CASE(damage_of_the_signing_key_is_told) {
  (void)must_load();
  const auto good = content_of(data / "issuer.key");
  for (const auto& bad : {std::string{}, std::string{"nonsense"}, good.substr(0, good.size() - 1),
                          good.substr(0, 30), good + "x"}) {
    overwrite(data / "issuer.key", bad);
    must_refuse(data / "issuer.key", "issuer.key: ");
  }
}

BOOST_AUTO_TEST_CASE(damage_of_the_client_file_is_told_without_its_secret) {
  const auto first = must_load();
  const auto good = content_of(data / "client.json");
  const auto secret = std::string{secret_of(first)};
  for (const auto& bad :
       {std::string{}, std::string{"[]"}, good.substr(0, good.size() - 3),
        std::string{"{\"client_id\":\"x\"}"},
        "{\"client_id\":\"x\",\"object_id\":\"y\",\"client_secret\":\"" + secret + "\\n\"}",
        "{\"client_id\":1,\"object_id\":\"y\",\"client_secret\":\"" + secret + "\"}",
        std::string(5000, ' ')}) {
    overwrite(data / "client.json", bad);
    const auto loaded = load();
    BOOST_REQUIRE(!loaded.ok());
    BOOST_TEST(loaded.error().find((data / "client.json").string()) != std::string::npos);
    BOOST_TEST(loaded.error().find(secret) == std::string::npos);
  }
  overwrite(data / "client.json", good);
  fs::permissions(data / "client.json", fs::perms{0640});
  must_refuse(data / "client.json", "0600");
}

BOOST_AUTO_TEST_CASE(a_client_file_that_a_person_wrote_serves) {
  fs::create_directories(data);
  overwrite(
      data / "client.json",
      R"({"note": "ours", "client_secret": "s3cret", "object_id": "o-1", "client_id": "c-1"})");
  fs::permissions(data / "client.json", fs::perms{0600});
  const auto self = must_load();
  BOOST_TEST(self.client->client_id == "c-1");
  BOOST_TEST(self.client->object_id == "o-1");
  BOOST_TEST(secret_of(self) == "s3cret");
}

BOOST_AUTO_TEST_CASE(a_configured_tenant_goes_before) {
  topology.tenant = "contoso";
  const auto self = must_load();
  BOOST_TEST(self.tenant == "contoso");
  BOOST_TEST(self.issuers.front().tenant == "contoso");
  BOOST_TEST(!fs::exists(data / "tenant"));
}

BOOST_AUTO_TEST_CASE(damage_of_the_tenant_is_told) {
  (void)must_load();
  for (const auto* bad : {"", "two\nlines\n", "a b"}) {
    overwrite(data / "tenant", bad);
    must_refuse(data / "tenant", "expected one line");
  }
}

BOOST_AUTO_TEST_CASE(configured_issuers_are_read_from_their_key_sets) {
  const auto own = must_load();
  const auto file = scratch.path() / "keys.json";
  overwrite(file, protocol::token::write_key_set(own.issuers.front().keys, ""));
  topology.issuers = {{"https://issuer.example/", "tenant-1", file}};
  topology.built_in_issuer = false;
  const auto self = must_load();
  BOOST_TEST(!self.client.has_value());
  BOOST_TEST(self.signer == nullptr);
  BOOST_REQUIRE(self.issuers.size() == 1u);
  BOOST_TEST(self.issuers[0].name == "https://issuer.example/");
  BOOST_TEST(self.issuers[0].tenant == "tenant-1");
  BOOST_TEST(!self.issuers[0].built_in);
  BOOST_TEST(self.issuers[0].keys.at(0).key_id == own.issuers.front().keys.at(0).key_id);

  overwrite(file, R"({"keys": []})");
  must_refuse(file, "RS256");
  overwrite(file, "nonsense");
  must_refuse(file, "https://issuer.example/");
  fs::remove(file);
  must_refuse(file, "no such file");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
