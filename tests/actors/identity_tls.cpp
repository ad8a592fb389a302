#include <algorithm>

#include "identity_kit.hpp"

namespace twinkeep::actors::tests {

namespace {

crypto::certificate_facts facts_of(const service_identity& self) {
  const auto facts = crypto::inspect_certificate(self.server.certificate_pem, self.authority_pem);
  if (!facts) BOOST_FAIL(facts.error().message);
  return *facts;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

constexpr std::int64_t day = 24 * 60 * 60;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(identity_of_the_server, identity_fixture)

BOOST_AUTO_TEST_CASE(a_first_start_makes_what_is_missing_and_keeps_it_from_others) {
  const auto self = must_load();
  BOOST_TEST(mode_of(data) == 0700u);
  BOOST_TEST(mode_of(tls) == 0700u);
  for (const auto* secret : {"ca.key", "server.key"}) BOOST_TEST(mode_of(tls / secret) == 0600u);
  for (const auto* open : {"ca.pem", "server.pem"}) BOOST_TEST(mode_of(tls / open) == 0644u);
  for (const auto* secret : {"client.json", "issuer.key"}) {
    BOOST_TEST(mode_of(data / secret) == 0600u);
  }
  BOOST_TEST(self.authority_file == tls / "ca.pem");
  BOOST_TEST(content_of(self.authority_file) == self.authority_pem);
  // No draft stays behind.
  for (const auto& directory : {data, tls}) {
    for (const auto& entry : fs::directory_iterator{directory}) {
      const auto name = entry.path().filename().string();
      BOOST_TEST(std::ranges::count(name, '.') <= 1, name);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_certificate_covers_every_name_and_lasts_for_397_days) {
  topology.suffixes = {"vault.localhost", "Vault.Azure.net"};
  topology.server_names = {"keep.example", "192.0.2.7", "2001:db8:0::7"};
  topology.listen = {{"0.0.0.0", 8443}, {"192.0.2.8", 8443}};
  const auto facts = facts_of(must_load());
  for (const auto* name : {"*.vault.localhost", "vault.localhost", "*.vault.azure.net",
                           "vault.azure.net", "localhost", "keep.example"}) {
    BOOST_TEST(has(facts.names.dns, name), name);
  }
  for (const auto* ip : {"127.0.0.1", "::1", "192.0.2.7", "2001:db8::7", "192.0.2.8"}) {
    BOOST_TEST(has(facts.names.ip, ip), ip);
  }
  BOOST_TEST(!has(facts.names.ip, "0.0.0.0"));
  BOOST_TEST(facts.issued_by_given_authority);
  BOOST_TEST(facts.not_before <= clock.now());
  BOOST_TEST(facts.not_after == clock.now() + 397 * day);
}

BOOST_AUTO_TEST_CASE(a_later_start_finds_the_same) {
  topology.server_names = {"Keep.Example"};
  const auto first = must_load();
  clock.advance_days(300);
  const auto second = must_load();
  BOOST_TEST(first.authority_pem == second.authority_pem);
  BOOST_TEST(first.server.certificate_pem == second.server.certificate_pem);
  BOOST_TEST(std::ranges::equal(first.server.private_key_pem.view(),
                                second.server.private_key_pem.view()));
}

BOOST_AUTO_TEST_CASE(a_certificate_is_issued_again_before_it_runs_out) {
  const auto first = must_load();
  clock.advance_days(397 - 29);
  const auto second = must_load();
  BOOST_TEST(first.server.certificate_pem != second.server.certificate_pem);
  BOOST_TEST(first.authority_pem == second.authority_pem);
  BOOST_TEST(facts_of(second).not_after == clock.now() + 397 * day);
}

BOOST_AUTO_TEST_CASE(a_certificate_is_issued_again_for_a_new_name_only) {
  const auto first = must_load();
  topology.suffixes.emplace_back("vault.azure.net");
  const auto second = must_load();
  BOOST_TEST(first.server.certificate_pem != second.server.certificate_pem);
  BOOST_TEST(has(facts_of(second).names.dns, "*.vault.azure.net"));
  topology.suffixes.pop_back();
  BOOST_TEST(second.server.certificate_pem == must_load().server.certificate_pem);
}

BOOST_AUTO_TEST_CASE(a_certificate_does_not_outlive_its_authority) {
  const auto first = must_load();
  clock.advance_days(3650 - 100);
  const auto second = must_load();
  BOOST_TEST(second.authority_pem == first.authority_pem);
  BOOST_TEST(facts_of(second).not_after < clock.now() + 101 * day);
  clock.advance_days(80);
  const auto third = must_load();
  BOOST_TEST(third.authority_pem != first.authority_pem);
  BOOST_TEST(facts_of(third).issued_by_given_authority);
}

BOOST_AUTO_TEST_CASE(a_server_certificate_that_cannot_be_used_is_replaced) {
  const auto first = must_load();
  for (const auto* file : {"server.pem", "server.key"}) {
    for (const auto* text : {"", "nonsense"}) {
      overwrite(tls / file, text);
      const auto next = must_load();
      BOOST_TEST(facts_of(next).issued_by_given_authority);
      BOOST_TEST(content_of(tls / "server.pem") == next.server.certificate_pem);
    }
    fs::remove(tls / file);
    BOOST_TEST(facts_of(must_load()).issued_by_given_authority);
  }
  // Another key than the certificate's: as after a crash between two writes of another program.
  const auto before = must_load();
  identity_fixture other;
  const auto stranger = other.must_load();
  overwrite(tls / "server.key", content_of(other.tls / "server.key"));
  BOOST_TEST(must_load().server.certificate_pem != before.server.certificate_pem);
  // Another authority's certificate, with its key.
  overwrite(tls / "server.key", content_of(other.tls / "server.key"));
  overwrite(tls / "server.pem", content_of(other.tls / "server.pem"));
  BOOST_TEST(must_load().server.certificate_pem != stranger.server.certificate_pem);
}

BOOST_AUTO_TEST_CASE(a_broken_authority_is_never_replaced_in_silence) {
  (void)must_load();
  const auto good = content_of(tls / "ca.pem");
  overwrite(tls / "ca.pem", "nonsense");
  must_refuse(tls / "ca.pem", "remove ca.pem and ca.key");
  BOOST_TEST(content_of(tls / "ca.pem") == "nonsense");
  overwrite(tls / "ca.pem", good);
  (void)must_load();

  fs::permissions(tls / "ca.key", fs::perms{0644});
  must_refuse(tls / "ca.key", "0600");
  fs::permissions(tls / "ca.key", fs::perms{0600});

  const auto key = content_of(tls / "ca.key");
  overwrite(tls / "ca.key", "nonsense");
  topology.server_names = {"new.example"};  // has to issue
  must_refuse(tls / "ca.key", "remove ca.pem and ca.key");
  fs::remove(tls / "ca.key");
  must_refuse(tls / "ca.key", "missing");
  // Without its certificate a key is what a crash of a first start left.
  overwrite(tls / "ca.key", key);
  fs::permissions(tls / "ca.key", fs::perms{0600});
  fs::remove(tls / "ca.pem");
  BOOST_TEST(must_load().authority_pem != good);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
