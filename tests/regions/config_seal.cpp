// The configuration's part of the seal.
#include <boost/test/unit_test.hpp>

#include "regions/topology.hpp"

namespace twinkeep::regions::tests {

namespace {

using crypto::seal_type;

result<deployment, config_error> read_seal_part(std::string_view settings) {
  return read_deployment("[seal]\n" + std::string{settings}, "twinkeep.toml");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_seal)

BOOST_AUTO_TEST_CASE(the_key_is_in_a_file_unless_the_configuration_says_more) {
  BOOST_TEST((default_deployment().seal.type == seal_type::file));
  for (const auto* settings : {"", "type = \"file\""}) {
    const auto d = read_seal_part(settings);
    BOOST_REQUIRE(d.ok());
    BOOST_TEST((d->seal.type == seal_type::file));
  }
}

BOOST_AUTO_TEST_CASE(a_passphrase_comes_from_a_file_or_the_environment) {
  const auto file = read_seal_part("type = \"passphrase\"\npassphrase_file = \"/etc/pass\"");
  BOOST_REQUIRE(file.ok());
  BOOST_TEST((file->seal.type == seal_type::passphrase));
  BOOST_TEST(file->seal.passphrase_file == "/etc/pass");
  BOOST_TEST(file->seal.passphrase_variable == "");
  const auto variable = read_seal_part("type = \"passphrase\"\npassphrase_env = \"PASS_1\"");
  BOOST_REQUIRE(variable.ok());
  BOOST_TEST(variable->seal.passphrase_variable == "PASS_1");
  BOOST_TEST(variable->seal.passphrase_file == "");
}

BOOST_AUTO_TEST_CASE(a_token_is_named_with_its_module_pin_and_key) {
  const std::string token =
      "type = \"pkcs11\"\nmodule = \"/usr/lib/hsm.so\"\ntoken = \"barrier\"\n";
  const auto d = read_seal_part(token + "pin_file = \"/etc/pin\"");
  BOOST_REQUIRE(d.ok());
  BOOST_TEST((d->seal.type == seal_type::pkcs11));
  BOOST_TEST(d->seal.token.module == "/usr/lib/hsm.so");
  BOOST_TEST(d->seal.token.token == "barrier");
  BOOST_TEST(d->seal.token.pin_file == "/etc/pin");
  BOOST_TEST(d->seal.key == "twinkeep seal");
  const auto other = read_seal_part(token + "pin_env = \"PIN\"\nkey = \"ours\"");
  BOOST_REQUIRE(other.ok());
  BOOST_TEST(other->seal.token.pin_variable == "PIN");
  BOOST_TEST(other->seal.key == "ours");
}

BOOST_AUTO_TEST_CASE(mistakes_are_told_with_line_and_key) {
  const std::string pass = "type = \"passphrase\"\n";
  const std::string token = "type = \"pkcs11\"\nmodule = \"m\"\ntoken = \"t\"\n";
  const std::pair<std::string, const char*> mistakes[] = {
      {"type = \"tpm\"", "2: seal.type: expected \"file\", \"passphrase\" or \"pkcs11\""},
      {"kind = \"file\"", "2: seal.kind: "},
      {pass, "1: seal.passphrase_file: expected passphrase_file or passphrase_env, found neither"},
      {pass + "passphrase_file = \"p\"\npassphrase_env = \"P\"",
       "4: seal.passphrase_env: expected passphrase_file or passphrase_env, found both"},
      {pass + "passphrase_file = \"\"", "3: seal.passphrase_file: expected a path"},
      {pass + "passphrase_env = \"a b\"", "3: seal.passphrase_env: expected the name of"},
      {pass + "passphrase = \"open\"", "3: seal.passphrase: expected one of type, passphrase_file"},
      {pass + "passphrase_env = \"P\"\nkey = \"k\"",
       "4: seal.key: expected type = \"pkcs11\" with it, found \"passphrase\""},
      {"passphrase_env = \"P\"",
       "2: seal.passphrase_env: expected type = \"passphrase\" with it, found \"file\""},
      {"type = \"pkcs11\"\ntoken = \"t\"\npin_env = \"P\"", "1: seal.module: expected the path"},
      {"type = \"pkcs11\"\nmodule = \"m\"\npin_env = \"P\"", "1: seal.token: expected the label"},
      {token + "token = \"\"", "5: "},
      {token, "1: seal.pin_file: expected pin_file or pin_env, found neither"},
      {token + "pin_env = \"P\"\npin_file = \"p\"", "5: seal.pin_env: "},
      {token + "pin_env = \"P\"\nkey = \"\"", "6: seal.key: expected a label"},
      {token + "pin_env = \"P\"\nkey = \"" + std::string(65, 'k') + "\"", "6: seal.key: "},
      {token + "pin_env = \"P\"\npassphrase_env = \"P\"", "6: seal.passphrase_env: "}};
  for (const auto& [settings, start] : mistakes) {
    const auto d = read_seal_part(settings);
    BOOST_TEST(!d.ok(), settings);
    if (d.ok()) continue;
    BOOST_TEST(d.error().message.starts_with("twinkeep.toml:" + std::string{start}),
               d.error().message);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
