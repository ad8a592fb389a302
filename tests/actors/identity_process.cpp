#include <sys/prctl.h>
#include <sys/resource.h>

#include <boost/json.hpp>

#include "actors/runtime/durable_file.hpp"
#include "actors/runtime/process.hpp"
#include "actors/runtime/welcome.hpp"
#include "identity_kit.hpp"

namespace twinkeep::actors::tests {

namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(identity_of_the_process)

BOOST_AUTO_TEST_CASE(a_data_directory_belongs_to_one_at_a_time) {
  const temporary_directory scratch;
  const auto data = scratch.path() / "new" / "data";
  {
    auto first = data_lock::acquire(data);
    BOOST_REQUIRE(first.ok());
    BOOST_TEST(mode_of(data) == 0700u);
    const auto second = data_lock::acquire(data);
    BOOST_REQUIRE(!second.ok());
    BOOST_TEST(second.error().find(data.string()) != std::string::npos, second.error());
    BOOST_TEST(second.error().find("another process") != std::string::npos, second.error());
    const auto moved = std::move(*first);
    BOOST_TEST(!data_lock::acquire(data).ok());
  }
  BOOST_TEST(data_lock::acquire(data).ok());
}

BOOST_AUTO_TEST_CASE(a_data_directory_that_cannot_be_is_refused_by_name) {
  const temporary_directory scratch;
  const auto file = scratch.path() / "file";
  overwrite(file, "x");
  for (const auto& data : {file, file / "below"}) {
    const auto lock = data_lock::acquire(data);
    BOOST_REQUIRE(!lock.ok());
    BOOST_TEST(lock.error().find(file.string()) != std::string::npos, lock.error());
  }
}

BOOST_AUTO_TEST_CASE(small_files_are_read_within_their_limit_and_never_through_surprises) {
  const temporary_directory scratch;
  const auto file = scratch.path() / "file";
  const auto read = [&](secrecy kind) { return read_small_file(file, 4, kind); };
  BOOST_TEST(!read(secrecy::is_secret)->has_value());
  BOOST_REQUIRE(write_durably(file, as_bytes("1234"), owner_only).ok());
  BOOST_TEST(mode_of(file) == 0600u);
  BOOST_TEST(as_text(read(secrecy::is_secret)->value().view()) == "1234");
  BOOST_REQUIRE(write_durably(file, as_bytes("12345"), readable_by_all).ok());
  BOOST_TEST(mode_of(file) == 0644u);
  BOOST_TEST(!read(secrecy::is_public).ok());
  BOOST_REQUIRE(write_durably(file, as_bytes("12"), readable_by_all).ok());
  BOOST_TEST(read(secrecy::is_public).ok());
  BOOST_TEST(!read(secrecy::is_secret).ok());  // others may read it
  fs::rename(file, scratch.path() / "real");
  fs::permissions(scratch.path() / "real", fs::perms{0600});
  fs::create_symlink("real", file);
  BOOST_TEST(!read(secrecy::is_secret).ok());
  fs::remove(file);
  BOOST_REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  BOOST_TEST(!read(secrecy::is_secret).ok());
  BOOST_REQUIRE(remove_durably(file).ok());
  BOOST_REQUIRE(remove_durably(file).ok());
  BOOST_TEST(!write_durably(scratch.path() / "no" / "file", as_bytes("x"), owner_only).ok());
}

BOOST_AUTO_TEST_CASE(a_process_leaves_no_core_file) {
  BOOST_REQUIRE(protect_process().ok());
  rlimit cores{1, 1};
  BOOST_REQUIRE(::getrlimit(RLIMIT_CORE, &cores) == 0);
  BOOST_TEST(cores.rlim_cur == 0u);
  BOOST_TEST(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
  // As it was: who debugs these tests wants to look inside, and LeakSanitizer has to.
  ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  raise_file_limit();
  rlimit files{};
  BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &files) == 0);
  BOOST_TEST(files.rlim_cur == files.rlim_max);
}

BOOST_FIXTURE_TEST_CASE(the_ready_file_says_how_to_reach_the_service, identity_fixture) {
  const auto self = must_load();
  const service_doors doors{
      topology, self, {{"127.0.0.1", 18443}, {"::1", 18443}}, {"127.0.0.1", 19443}};
  const auto file = scratch.path() / "ready.json";
  BOOST_REQUIRE(write_ready_file(file, ready_document(doors)).ok());
  BOOST_TEST(mode_of(file) == 0600u);
  const auto ready = json::parse(content_of(file)).as_object();
  BOOST_TEST(ready.at("pid").as_int64() == ::getpid());
  BOOST_TEST(ready.at("admin_uri").as_string() == "http://127.0.0.1:19443");
  BOOST_TEST(ready.at("authority").as_string() == "https://127.0.0.1:18443");
  BOOST_TEST(ready.at("tenant_id").as_string() == self.tenant);
  BOOST_TEST(ready.at("client_id").as_string() == self.client->client_id);
  BOOST_TEST(ready.at("client_secret").as_string() ==
             std::string{as_text(self.client->client_secret.view())});
  BOOST_TEST(ready.at("ca_file").as_string() == (tls / "ca.pem").string());
  const auto& vaults = ready.at("vaults").as_array();
  BOOST_REQUIRE(vaults.size() == 2u);
  BOOST_TEST(vaults[0].at("name").as_string() == "demo");
  BOOST_TEST(vaults[0].at("region").as_string() == "eastus2");
  BOOST_TEST(vaults[0].at("uri").as_string() == "https://demo.vault.localhost:18443");
  BOOST_TEST(vaults[0].at("alias").as_string() == "https://127.0.0.1:18443");
  BOOST_TEST(!vaults[1].as_object().contains("alias"));
}

BOOST_FIXTURE_TEST_CASE(the_welcome_shows_how_and_keeps_the_secret, identity_fixture) {
  const auto self = must_load();
  const service_doors doors{topology, self, {{"0.0.0.0", 8443}}, {"::", 9443}};
  const auto text = welcome_text(doors);
  for (const auto* word :
       {"https://demo.vault.localhost:8443", "https://127.0.0.1:8443", "http://[::1]:9443",
        "NODE_EXTRA_CA_CERTS=", "REQUESTS_CA_BUNDLE=", "keytool", ".NET", "Go ",
        "CURL_CA_BUNDLE=", "disableChallengeResourceVerification", "/v1/ca.pem"}) {
    BOOST_TEST(text.find(word) != std::string::npos, word);
  }
  BOOST_TEST(text.find(as_text(self.client->client_secret.view())) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
